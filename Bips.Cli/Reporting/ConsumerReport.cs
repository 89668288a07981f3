namespace Bips.Cli.Reporting;

/// <summary>One consumer as its producer sees it.</summary>
internal sealed record ConsumerReport(int ProcessId, string Overflow, ulong Lag, int Held, ulong Taken, ulong Lost)
{
    public static ConsumerReport Of(ConsumerStatus status) =>
        new(status.ProcessId, NameOf(status.Overflow), status.Lag, status.Held,
        status.Taken, status.Lost);

    private static string NameOf(OverflowKind kind) => kind switch
    {
        OverflowKind.Block => "block",
        OverflowKind.DropOldest => "drop-oldest",
        _ => "latest",
    };
}
