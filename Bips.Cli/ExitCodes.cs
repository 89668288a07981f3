using System.Globalization;
using System.Text;

namespace Bips.Cli;

/// <summary>The one place that says which failure has which exit code, and what each code means.</summary>
internal static class ExitCodes
{
    /// <summary>Every code with its meaning, for <c>--help</c>.</summary>
    public static string Table()
    {
        var table = new StringBuilder("Exit codes:\n");
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
        {
            table.Append(CultureInfo.InvariantCulture, $"  {(int)code,3}  {Describe(code)}\n");
        }

        return table.ToString().TrimEnd();
    }

    public static string Describe(ExitCode code) => code switch
    {
        ExitCode.Success => "done",
        ExitCode.Failure => "failed in a way that no other code names; or the demo's verdict is negative",
        ExitCode.Usage => "usage: wrong option, value or pool name",
        ExitCode.TimedOut => "no frame, or no free buffer, within the time given",
        ExitCode.PoolNotFound => "no pool has this name (within the time given)",
        ExitCode.Incompatible => "the file of this name is no pool, or one of another version",
        ExitCode.ProducerLost => "the producer died",
        ExitCode.AccessDenied => "not allowed to open or create the pool or a file",
        ExitCode.NoSpace => "no space left for the pool or the output",
        ExitCode.PoolTooSmall => "the pool has too few buffers (the message shows the rule)",
        ExitCode.ProducerActive => "another live producer has this pool",
        ExitCode.TooManyConsumers => "every lane of the pool is taken",
        ExitCode.BadInput => "the input is empty, truncated, contradicts itself, or is not understood",
        ExitCode.CorruptPool => "the pool contradicts itself",
        ExitCode.PoolReplaced => "another producer made a new pool under this name",
        ExitCode.Evicted => "the producer evicted this consumer",
        ExitCode.ProgramMissing => "a program that is needed (ffmpeg) is not installed",
        ExitCode.HungUp => "ended by SIGHUP",
        ExitCode.Interrupted => "interrupted (Ctrl-C, SIGINT)",
        ExitCode.OutputClosed => "whoever read the output has closed it",
        ExitCode.Terminated => "ended by SIGTERM",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "There is no such exit code."),
    };

    public static ExitCode Of(BipsError error) => error switch
    {
        BipsError.PoolNotFound => ExitCode.PoolNotFound,
        BipsError.NotAPool or BipsError.Incompatible => ExitCode.Incompatible,
        BipsError.Corrupt => ExitCode.CorruptPool,
        BipsError.AccessDenied => ExitCode.AccessDenied,
        BipsError.NoSpace => ExitCode.NoSpace,
        BipsError.ProducerActive => ExitCode.ProducerActive,
        BipsError.ProducerLost => ExitCode.ProducerLost,
        BipsError.TooManyConsumers => ExitCode.TooManyConsumers,
        BipsError.PoolTooSmall => ExitCode.PoolTooSmall,
        BipsError.PoolReplaced => ExitCode.PoolReplaced,
        BipsError.Evicted => ExitCode.Evicted,
        _ => ExitCode.Failure,
    };
}
