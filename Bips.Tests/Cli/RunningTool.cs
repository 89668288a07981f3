using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bips.Tests.Cli;

/// <summary>The real <c>bips</c> executable, running.</summary>
public sealed class RunningTool : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task _errorReader;
    private Task<string>? _output;

    public RunningTool(params string[] arguments)
        : this(null, arguments)
    {
    }

    /// <param name="path">What <c>PATH</c> is to be; null for what it is.</param>
    /// <param name="arguments">Of the tool.</param>
    public RunningTool(string? path, string[] arguments)
    {
        // Whoever runs the tests in the background may ignore signals that the tool is to be ended by, and would hand that down.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=HUP,INT,TERM", Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        _process = Process.Start(start)!;
        _errorReader = Task.Run(ReadErrors);
    }

    /// <summary>Where the build put the tool: beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "bips");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream OutputStream => _process.StandardOutput.BaseStream;

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    public string Output => (_output ??= _process.StandardOutput.ReadToEndAsync()).GetAwaiter().GetResult();

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
        _process.StandardInput.Close();
        return this;
    }

    /// <summary>Waits until its errors contain a text.</summary>
    public void WaitForError(string text) => WaitFor(() => Error.Contains(text, StringComparison.Ordinal), $"'{text}'");

    /// <summary>Waits until it has reported that it sent or received this many frames (<c>--progress json</c>).</summary>
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
        _output ??= _process.StandardOutput.ReadToEndAsync();
        if (!_process.WaitForExit(s_patience))
        {
            throw new TimeoutException($"it did not end; it said: {Error}");
        }

        _errorReader.Wait(s_patience);
        return _process.ExitCode;
    }

    /// <summary>For a tool whose output nobody is to read.</summary>
    public int WaitForExitWithoutOutput()
    {
        _output = Task.FromResult("");
        return WaitForExit();
    }

    public void ExpectExit(int code) => Assert.That(WaitForExit(), Is.EqualTo(code), Error);

    public RunningTool Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.That(kill.ExitCode, Is.Zero);
        return this;
    }

    /// <summary>Stops it, and returns when the kernel says that it is stopped.</summary>
    public void Stop()
    {
        Signal("STOP");
        WaitFor(() => File.ReadAllText($"/proc/{Id}/stat").Contains(") T ", StringComparison.Ordinal), "the stop");
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void ReadErrors()
    {
        while (_process.StandardError.ReadLine() is { } line)
        {
            lock (_error)
            {
                _error.AppendLine(line);
            }
        }
    }
}
