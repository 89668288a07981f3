using System.ComponentModel;
using System.Diagnostics;
using Bips.Cli.Io;

namespace Bips.Cli.Demonstration;

/// <summary>A program that the demo runs, with its output and its errors read line by line.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private const int RememberedErrors = 5;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Lock _gate = new();
    private readonly Action<string>? _onOutput;
    private readonly Func<string, bool>? _onError;
    private TimeSpan _processorTime;

    private ChildProcess(Process process, string name, Action<string>? onOutput, Func<string, bool>? onError)
    {
        _process = process;
        Name = name;
        Id = process.Id;
        _onOutput = onOutput;
        _onError = onError;
    }

    public string Name { get; }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Its exit status, once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last things that it complained of.</summary>
    public string Errors
    {
        get
        {
            lock (_gate)
            {
                return string.Join(' ', _errors);
            }
        }
    }

    /// <param name="name">What to call it.</param>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onOutput">Gets each line of its output.</param>
    /// <param name="onError">Gets each line of its errors; returns whether that was something else than an error.</param>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, Action<string>? onOutput = null,
        Func<string, bool>? onError = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new IOException($"Cannot start '{program}'.");
        var child = new ChildProcess(process, name, onOutput, onError);
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => child.TakeOutput(line.Data);
        process.ErrorDataReceived += (_, line) => child.TakeError(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits for its end and for its last line.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void WaitForExit(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation).GetAwaiter().GetResult();

    /// <summary>What it has used of the processors, from <c>/proc</c>; the last known value once it has exited.</summary>
    public TimeSpan ProcessorTime()
    {
        try
        {
            _processorTime = _process.TotalProcessorTime;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It exited since.
        }

        return _processorTime;
    }

    /// <summary>Asks it to end, so that it cleans up; kills it when it does not.</summary>
    public void Terminate()
    {
        if (!_process.HasExited && (NativeMethods.Kill(Id, NativeMethods.SIGTERM) != 0 || !_process.WaitForExit(s_patience)))
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Terminate();
        _process.Dispose();
    }

    private void TakeOutput(string? line)
    {
        if (line is not null)
        {
            _onOutput?.Invoke(line);
        }
    }

    private void TakeError(string? line)
    {
        if (line is null || _onError?.Invoke(line) == true)
        {
            return;
        }

        lock (_gate)
        {
            _errors.Enqueue(line);
            if (_errors.Count > RememberedErrors)
            {
                _errors.Dequeue();
            }
        }
    }
}
