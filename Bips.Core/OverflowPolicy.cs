namespace Bips;

/// <summary>A consumer's choice of <see cref="OverflowKind"/>. Each consumer of a pool chooses for itself.</summary>
public readonly record struct OverflowPolicy
{
    private OverflowPolicy(OverflowKind kind, int depth)
    {
        Kind = kind;
        Depth = depth;
    }

    /// <summary>The kind; <see cref="OverflowKind.Block"/> by default.</summary>
    public OverflowKind Kind { get; }

    /// <summary>For <see cref="OverflowKind.Latest"/>: from how many of the newest frames a pull takes the oldest.</summary>
    public int Depth { get; }

    /// <summary>The producer waits for this consumer.</summary>
    public static OverflowPolicy Block => default;

    /// <summary>This consumer loses the oldest frames when it is slow, and knows how many.</summary>
    public static OverflowPolicy DropOldest => new(OverflowKind.DropOldest, 0);

    /// <summary>This consumer takes one of the newest <paramref name="depth"/> frames each time; 1 is the newest.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static OverflowPolicy Latest(int depth = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        return new(OverflowKind.Latest, depth);
    }

    internal bool MayLose => Kind != OverflowKind.Block;

    /// <summary>As in the command line: <c>block</c>, <c>drop-oldest</c>, <c>latest:2</c>.</summary>
    public override string ToString() => Kind switch
    {
        OverflowKind.Block => "block",
        OverflowKind.DropOldest => "drop-oldest",
        _ => $"latest:{Depth}",
    };
}
