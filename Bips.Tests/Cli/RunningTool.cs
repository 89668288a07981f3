using System.Globalization;
using System.Text.Json;
using Bips.Processes;

namespace Bips.Tests.Cli;

/// <summary>The real <c>bips</c> executable, running.</summary>
public sealed class RunningTool : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ChildProcess _child;
    private Task<string>? _output;

    public RunningTool(params string[] arguments)
        : this(null, arguments)
    {
    }

    /// <param name="path">What <c>PATH</c> is to be; null for what it is.</param>
    /// <param name="arguments">Of the tool.</param>
    public RunningTool(string? path, string[] arguments)
    {
        // Whoever runs the tests in the background may ignore signals that are to end the tool, and hand that down.
        string[] command = ["--default-signal=HUP,INT,TERM", Program, .. arguments];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (path is not null)
        {
            environment["PATH"] = path;
        }

        _child = ChildProcess.Start("/usr/bin/env", command, new ChildOptions
        {
            Name = "bips",
            Output = ChildOutput.Piped,
            Environment = environment,
            MayBeKilled = true,
        });
    }

    /// <summary>Where the build put the tool: beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "bips");

    public int Id => _child.Id;

    public bool HasExited => _child.HasExited;

    public Stream Input => _child.Input.BaseStream;

    public Stream OutputStream => _child.Output.BaseStream;

    public string Error => string.Join('\n', _child.ErrorLines);

    public string Output => (_output ??= _child.Output.ReadToEndAsync()).GetAwaiter().GetResult();

    /// <summary>The JSON object that it wrote to its standard output last.</summary>
    public JsonElement Result => JsonElement.Parse(Output.TrimEnd().Split('\n')[^1]);

    public RunningTool Send(ReadOnlySpan<byte> bytes)
    {
        Input.Write(bytes);
        Input.Flush();
        return this;
    }

    public RunningTool EndInput()
    {
        _child.EndInput();
        return this;
    }

    /// <summary>Waits until its errors contain a text.</summary>
    public void WaitForError(string text) => WaitFor(() => Error.Contains(text, StringComparison.Ordinal), $"'{text}'");

    /// <summary>
    /// Waits until it has reported that it sent or received this many frames (<c>--progress json</c>).
    /// </summary>
    public void WaitForFrames(int frames) =>
        WaitForError(string.Create(CultureInfo.InvariantCulture, $"\"frames\":{frames},"));

    public void WaitFor(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, s_patience))
        {
            throw new TimeoutException($"waited in vain for {what}; it said: {Error}");
        }
    }

    public int WaitForExit()
    {
        _output ??= _child.Output.ReadToEndAsync();
        return _child.WaitForExit(s_patience);
    }

    /// <summary>For a tool whose output nobody is to read.</summary>
    public int WaitForExitWithoutOutput()
    {
        _output = Task.FromResult("");
        return WaitForExit();
    }

    public void ExpectExit(int code) => Assert.That(WaitForExit(), Is.EqualTo(code), Error);

    public RunningTool Send(Signal signal)
    {
        Signals.Send(Id, signal);
        return this;
    }

    /// <summary>Stops it, and returns when the kernel says that it is stopped.</summary>
    public void Stop()
    {
        Send(Signal.Stop);
        WaitFor(() => File.ReadAllText($"/proc/{Id}/stat").Contains(") T ", StringComparison.Ordinal), "the stop");
    }

    public void Kill()
    {
        _child.Kill();
        WaitForExit();
    }

    public void Dispose() => _child.Dispose();
}
