using System.Globalization;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>How a stream goes through a pool, as the name of its section says.</summary>
/// <param name="Mode">How both sides wait.</param>
/// <param name="Policy">What slow consumers lose.</param>
internal sealed record PoolChoice(WaitMode Mode, OverflowPolicy Policy)
{
    /// <summary>What the producer pushes with; null for the push to read the clock.</summary>
    public long? Timestamp { get; private init; }

    /// <summary>Bytes of a frame, where they are not those of the trial's plan.</summary>
    public int? FrameSize { get; private init; }

    /// <summary>Number of buffers, where it is not that of the trial's plan.</summary>
    public int? Buffers { get; private init; }

    /// <summary>Frames kept for late joiners.</summary>
    public int History { get; private init; } = 1;

    /// <summary>Whether the buffers are in huge pages.</summary>
    public bool HugePages { get; private init; }

    /// <param name="section">
    /// For example <c>pool/Spin/Block</c>, and then any of <c>/supplied</c> (timestamp), <c>/size=N</c>,
    /// <c>/buffers=N</c>, <c>/history=N</c>, <c>/huge</c> and <c>/beside=</c><see cref="Trouble"/> (what another
    /// consumer does), and <c>/by=LANGUAGE</c> of the consumer or <c>/from=LANGUAGE</c> of the producer.
    /// </param>
    public static PoolChoice From(string section)
    {
        string[] parts = section.Split('/');
        return parts.Skip(3).Aggregate(new PoolChoice(Enum.Parse<WaitMode>(parts[1]), PolicyOf(parts[2])),
            (choice, part) => choice.With(part));
    }

    /// <summary>The policy of a <see cref="OverflowKind"/>.</summary>
    public static OverflowPolicy PolicyOf(string kind) => Enum.Parse<OverflowKind>(kind) switch
    {
        OverflowKind.DropOldest => OverflowPolicy.DropOldest,
        OverflowKind.Latest => OverflowPolicy.Latest(),
        _ => OverflowPolicy.Block,
    };

    private PoolChoice With(string part) => part.Split('=') switch
    {
        ["supplied"] => this with { Timestamp = 1 },
        ["huge"] => this with { HugePages = true },
        ["size", string number] => this with { FrameSize = Number(number) },
        ["buffers", string number] => this with { Buffers = Number(number) },
        ["history", string number] => this with { History = Number(number) },
        ["beside" or "by" or "from", _] => this,
        _ => throw new ArgumentException($"A section has no '{part}'; this command is for the harness itself.",
            nameof(part)),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
