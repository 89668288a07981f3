using System.Diagnostics;

namespace Bips.Processes;

/// <summary>
/// The lines of one stream of a child, read as they come, so that the child never waits for its reader.
/// </summary>
internal sealed class LineLog
{
    /// <summary>Guards the fields below; pulsed when a line comes and when the stream ends.</summary>
    private readonly object _gate = new();

    /// <summary>All lines that were kept so far.</summary>
    private readonly List<string> _lines = [];

    /// <summary>Index of the first line that <see cref="TryNext"/> has not returned yet.</summary>
    private int _next;

    /// <summary>Whether no line will come any more.</summary>
    private bool _hasEnded;

    private LineLog(StreamReader reader, Func<string, bool>? onLine) =>
        Ended = Task.Run(() => ReadAsync(reader, onLine));

    /// <summary>Completes when every line has been read. A grandchild that inherited the stream delays that.</summary>
    public Task Ended { get; }

    /// <summary>A copy of the lines that were kept so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <param name="reader">The stream; nobody else may read it.</param>
    /// <param name="onLine">Sees each line first; returns true for one that need not be kept.</param>
    public static LineLog Of(StreamReader reader, Func<string, bool>? onLine) => new(reader, onLine);

    /// <summary>Waits for the next line that no earlier call returned.</summary>
    /// <returns>False when the time has passed; true with null at the end of the stream.</returns>
    public bool TryNext(TimeSpan patience, out string? line)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_next == _lines.Count && !_hasEnded)
            {
                TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    line = null;
                    return false;
                }
            }

            line = _next < _lines.Count ? _lines[_next++] : null;
            return true;
        }
    }

    private async Task ReadAsync(StreamReader reader, Func<string, bool>? onLine)
    {
        try
        {
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                if (onLine?.Invoke(line) != true)
                {
                    Add(line);
                }
            }
        }
        finally
        {
            reader.Dispose();
            End();
        }
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            Monitor.PulseAll(_gate);
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }
    }
}
