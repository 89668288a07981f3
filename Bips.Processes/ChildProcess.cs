using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Bips.Processes;

/// <summary>
/// A child process: started with arguments, read line by line with deadlines, signalled, and waited for. Disposing it
/// kills it if it still runs, and reaps it. Exceptions say what the child said last.
/// </summary>
/// <remarks>Thread-safe but for <see cref="Dispose"/>, <see cref="Input"/> and <see cref="Output"/>.</remarks>
public sealed class ChildProcess : IDisposable
{
    /// <summary>Switches the diagnostic ports of a .NET process on or off.</summary>
    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    /// <summary>How many lines of a stream a message quotes.</summary>
    private const int QuotedLines = 20;

    /// <summary>What the exit code of a process that a signal ended is above the signal's number.</summary>
    private const int SignalledExitCode = 128;

    /// <summary>
    /// How long after the child's end its last lines may take to come; a grandchild that inherited a stream may keep it
    /// open for ever.
    /// </summary>
    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    /// <summary>Standard output; null where it is not collected.</summary>
    private readonly LineLog? _output;

    /// <summary>Standard error; null where it is not collected.</summary>
    private readonly LineLog? _error;

    /// <summary>Whether the parent reads standard output by itself.</summary>
    private readonly bool _isOutputPiped;

    /// <summary>The processor time that the kernel last told.</summary>
    private TimeSpan _processorTime;

    private ChildProcess(Process process, string program, ChildOptions options)
    {
        _process = process;
        Id = process.Id;
        Name = options.Name ?? Path.GetFileName(program);
        _isOutputPiped = options.Output == ChildOutput.Piped;
        _output = options.Output == ChildOutput.Collected ? LineLog.Of(process.StandardOutput, options.OnOutput) : null;
        _error = options.Error == ChildOutput.Collected ? LineLog.Of(process.StandardError, options.OnError) : null;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its number, in the parent's PID namespace.</summary>
    public int Id { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code once it has ended; 128 and the number of the signal that ended it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Whether SIGKILL ended it.</summary>
    public bool WasKilled => HasExited && ExitCode == SignalledExitCode + (int)Signal.Kill;

    /// <summary>Its standard input; every write is flushed.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>
    /// Its standard output, where <see cref="ChildOptions.Output"/> is <see cref="ChildOutput.Piped"/>.
    /// </summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Collected lines of standard output so far.</summary>
    public IReadOnlyList<string> OutputLines => _output?.Lines ?? [];

    /// <summary>Collected lines of standard error so far.</summary>
    public IReadOnlyList<string> ErrorLines => _error?.Lines ?? [];

    /// <summary>Processor time that it has used, in steps of 10 ms; once it has ended, what was known before.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                _processorTime = _process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
            {
                // It has ended, so the kernel does not tell any more.
            }

            return _processorTime;
        }
    }

    /// <param name="program">A path, or a name to be found by <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments, passed on as they are.</param>
    /// <param name="options">Streams, environment and the rest; null for the defaults.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, ChildOptions? options = null)
    {
        options ??= new ChildOptions();
        if (options.Error == ChildOutput.Piped)
        {
            throw new ArgumentException("Standard error is either collected or inherited.", nameof(options));
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = options.Output != ChildOutput.Inherited,
            RedirectStandardError = options.Error != ChildOutput.Inherited,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        if (options.MayBeKilled)
        {
            start.Environment[DiagnosticsVariable] = "0";
        }

        foreach ((string name, string? value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        return Adopt(Process.Start(start) ?? throw new InvalidOperationException($"Cannot start '{program}'."), program,
            options);
    }

    /// <summary>
    /// Runs a program without input to its end, and kills it and its descendants when it takes too long.
    /// </summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static ChildResult Run(string program, IEnumerable<string> arguments, TimeSpan patience,
        CancellationToken cancellation = default)
    {
        using ChildProcess child = Start(program, arguments, new ChildOptions
        {
            Input = ChildInput.Empty,
            Output = ChildOutput.Piped,
        });
        Task<string> output = child.Output.ReadToEndAsync(CancellationToken.None);
        try
        {
            int code = child.WaitForExit(patience, cancellation);
            return new ChildResult(code, output.WaitAsync(s_lastLines, cancellation).GetAwaiter().GetResult(),
                string.Join('\n', child.ErrorLines));
        }
        catch
        {
            child.KillTree();
            throw;
        }
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void WriteLine(string line)
    {
        Input.WriteLine(line);
        Input.Flush();
    }

    /// <summary>Ends its standard input.</summary>
    public void EndInput() => Input.Close();

    /// <summary>Waits for the next line of its collected standard output.</summary>
    /// <returns>Null at the end of the output.</returns>
    /// <exception cref="TimeoutException">No line came in time.</exception>
    public string? ReadLine(TimeSpan patience)
    {
        LineLog output = _output ?? throw new InvalidOperationException($"The output of {Name} is not collected.");
        return output.TryNext(patience, out string? line)
            ? line
            : throw new TimeoutException(Message(string.Create(CultureInfo.InvariantCulture,
                $"said nothing more within {patience.TotalSeconds:0.#} s")));
    }

    /// <summary>Waits for its end and for its last line.</summary>
    /// <returns>Whether it ended in time.</returns>
    public bool TryWaitForExit(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
        {
            return false;
        }

        LastLines().GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Waits for its end and for its last line.</summary>
    /// <param name="patience">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, not the child.</param>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public int WaitForExit(TimeSpan patience, CancellationToken cancellation = default) =>
        WaitForExitAsync(patience, cancellation).GetAwaiter().GetResult();

    /// <inheritdoc cref="WaitForExit"/>
    public async Task<int> WaitForExitAsync(TimeSpan patience, CancellationToken cancellation = default)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation).WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(Message(string.Create(CultureInfo.InvariantCulture,
                $"did not end within {patience.TotalSeconds:0.#} s")), e);
        }

        await LastLines().ConfigureAwait(false);
        return ExitCode;
    }

    /// <summary>What an exception should say about it: <c>NAME WHAT (process ID). It said: ...</c></summary>
    /// <param name="what">What it did, or did not do.</param>
    public string Message(string what)
    {
        string[] said = [.. ErrorLines.TakeLast(QuotedLines), .. OutputLines.TakeLast(QuotedLines)];
        string quote = said.Length == 0 ? "" : $" It said: {string.Join('\n', said)}";
        return string.Create(CultureInfo.InvariantCulture, $"{Name} {what} (process {Id}).{quote}");
    }

    /// <summary>Sends a signal, unless it has ended.</summary>
    public void Send(Signal signal)
    {
        try
        {
            if (!HasExited)
            {
                Signals.Send(Id, signal);
            }
        }
        catch (InvalidOperationException) when (HasExited)
        {
            // It ended in between.
        }
    }

    /// <summary>Sends SIGKILL, unless it has ended, and does not wait.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends SIGKILL to it and to all its descendants.</summary>
    public void KillTree() => _process.Kill(entireProcessTree: true);

    /// <summary>Asks it to end by SIGTERM, so that it can clean up, and kills it when it does not.</summary>
    public void Terminate(TimeSpan patience)
    {
        if (HasExited)
        {
            return;
        }

        Send(Signal.Terminate);
        if (!_process.WaitForExit(patience))
        {
            Kill();
            _process.WaitForExit();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!HasExited)
        {
            Kill();
            _process.WaitForExit();
        }

        _process.StandardInput.Dispose();
        if (_isOutputPiped)
        {
            _process.StandardOutput.Dispose();
        }

        _process.Dispose();
    }

    private static ChildProcess Adopt(Process process, string program, ChildOptions options)
    {
        if (options.Priority is { } priority)
        {
            process.PriorityClass = priority;
        }

        var child = new ChildProcess(process, program, options);
        if (options.Input == ChildInput.Empty)
        {
            child.EndInput();
        }

        return child;
    }

    /// <summary>Completes when all that it said has been read, or when that takes too long.</summary>
    private async Task LastLines()
    {
        Task ended = Task.WhenAll(_output?.Ended ?? Task.CompletedTask, _error?.Ended ?? Task.CompletedTask);
        if (await Task.WhenAny(ended, Task.Delay(s_lastLines)).ConfigureAwait(false) == ended)
        {
            await ended.ConfigureAwait(false);
        }
    }
}
