using System.Text.Json;

namespace Bips.Cli.Reporting;

/// <summary>Says what a command does, where the options want it. Thread-safe.</summary>
internal sealed class Reporter
{
    private const string ClearLine = "\r\e[K";
    private readonly OutputSettings _settings;
    private readonly TextWriter _result;
    private readonly TextWriter _error;
    private readonly bool _showsLine;
    private readonly Lock _gate = new();
    private bool _lineIsShown;

    public Reporter(OutputSettings settings, TextWriter output, TextWriter error, bool errorIsTerminal)
    {
        _settings = settings;
        _result = settings.FramesToStandardOutput ? error : output;
        _error = error;
        _showsLine = settings is { Quiet: false, Progress: ProgressKind.Auto } && errorIsTerminal;
    }

    public static Reporter ForConsole(OutputSettings settings) =>
        new(settings, Console.Out, Console.Error, !Console.IsErrorRedirected);

    /// <summary>Whether somebody sees progress.</summary>
    public bool ShowsProgress => _showsLine || _settings.Progress == ProgressKind.Json;

    public void Progress(JobReport report)
    {
        lock (_gate)
        {
            if (_settings.Progress == ProgressKind.Json)
            {
                _error.WriteLine(ToJson(report));
            }
            else if (_showsLine)
            {
                _error.Write(ClearLine + report.ToProgressLine());
                _lineIsShown = true;
            }
        }
    }

    /// <summary>Tells people something that is neither an error nor the result.</summary>
    public void Note(string message)
    {
        if (!_settings.Quiet)
        {
            WriteLine(_error, message);
        }
    }

    public void Error(string message) => WriteLine(_error, $"bips: {message}");

    public void Frame(FrameReport frame) =>
        WriteLine(_result, _settings.Json ? JsonSerializer.Serialize(frame, ReportJson.Default.FrameReport)
            : frame.ToString());

    public void Result(JobReport report)
    {
        if (_settings.Json)
        {
            WriteLine(_result, ToJson(report));
        }
        else if (!_settings.Quiet && !report.IsEmpty())
        {
            WriteLine(_result, report.ToSummary());
        }
    }

    private static string ToJson(JobReport report) => JsonSerializer.Serialize(report, ReportJson.Default.JobReport);

    private void WriteLine(TextWriter writer, string text)
    {
        lock (_gate)
        {
            if (_lineIsShown)
            {
                _error.Write(ClearLine);
                _lineIsShown = false;
            }

            writer.WriteLine(text);
        }
    }
}
