using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Bips;

/// <summary>
/// A consumer's choice of what happens when it is slower than its producer. Each consumer chooses for itself.
/// </summary>
/// <remarks>
/// All that is particular to a policy is here: its words, whether it may lose frames, whether it counts in the sizing
/// rule, and which frame comes next. A small value, safe from any thread.
/// </remarks>
public readonly record struct OverflowPolicy : IParsable<OverflowPolicy>
{
    private const string BlockWord = "block";
    private const string DropOldestWord = "drop-oldest";
    private const string LatestWord = "latest";

    private OverflowPolicy(OverflowKind kind, int depth)
    {
        Kind = kind;
        Depth = depth;
    }

    /// <summary>The kind; <see cref="OverflowKind.Block"/> by default.</summary>
    public OverflowKind Kind { get; }

    /// <summary>
    /// For <see cref="OverflowKind.Latest"/>: from how many of the newest frames a pull takes the oldest.
    /// </summary>
    public int Depth { get; }

    /// <summary>The producer waits for this consumer.</summary>
    public static OverflowPolicy Block => default;

    /// <summary>This consumer loses the oldest frames when it is slow, and knows how many.</summary>
    public static OverflowPolicy DropOldest => new(OverflowKind.DropOldest, 0);

    /// <summary>
    /// The words that <see cref="Parse(string, IFormatProvider?)"/> understands, for messages and help.
    /// </summary>
    public static string Words => $"{BlockWord}, {DropOldestWord}, {LatestWord} or {LatestWord}:N";

    /// <summary>Whether the producer may take frames away from such a consumer.</summary>
    public bool MayLose
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind != OverflowKind.Block;
    }

    /// <summary>
    /// This consumer takes one of the newest <paramref name="depth"/> frames each time; 1 is the newest.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static OverflowPolicy Latest(int depth = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        return new(OverflowKind.Latest, depth);
    }

    /// <summary>
    /// Makes a policy from its words: <c>block</c>, <c>drop-oldest</c>, <c>latest</c>, <c>latest:2</c>.
    /// </summary>
    /// <param name="s">The words, in lower case.</param>
    /// <param name="provider">Not used: the words are the same in every culture.</param>
    /// <exception cref="FormatException">
    /// It is none of them; the message says what was given and what is possible.
    /// </exception>
    public static OverflowPolicy Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out OverflowPolicy policy)
            ? policy
            : throw new FormatException($"'{s}' is no overflow policy: it must be {Words}, where N is 1 or more.");

    /// <summary>The same, without an exception for other words.</summary>
    /// <param name="s">The words, in lower case; null is none of them.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The policy, when the words are those of one.</param>
    /// <returns>Whether they are.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OverflowPolicy result)
    {
        const string withDepth = LatestWord + ":";
        int depth = 0;
        OverflowPolicy? found = s switch
        {
            BlockWord => Block,
            DropOldestWord => DropOldest,
            LatestWord => Latest(),
            not null when s.StartsWith(withDepth, StringComparison.Ordinal) &&
                int.TryParse(s.AsSpan(withDepth.Length), NumberStyles.None, CultureInfo.InvariantCulture, out depth) &&
                depth >= 1 => Latest(depth),
            _ => null,
        };
        result = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>The words that <see cref="Parse(string, IFormatProvider?)"/> understands.</summary>
    public override string ToString() => Kind switch
    {
        OverflowKind.Block => BlockWord,
        OverflowKind.DropOldest => DropOldestWord,
        _ => string.Create(CultureInfo.InvariantCulture, $"{LatestWord}:{Depth}"),
    };

    /// <summary>Whether a word of a lane stands for a kind.</summary>
    internal static bool IsKind(uint word) => word <= (uint)OverflowKind.Latest;

    /// <summary>
    /// Whether a consumer's quota counts in the sizing rule: the producer does not wait for those that may lose frames,
    /// nor, in a pool that evicts the stalled, for anybody for ever.
    /// </summary>
    internal static bool CountsInSizingRule(uint kind, bool evictsStalled) =>
        evictsStalled || kind != (uint)OverflowKind.Block;

    /// <summary>The sequence that a pull takes next.</summary>
    /// <param name="cursor">The one behind the frame that was taken last.</param>
    /// <param name="floor">The producer has taken all below it away; zero for a policy that loses nothing.</param>
    /// <param name="published">The newest sequence; read only for <see cref="OverflowKind.Latest"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong NextSequence(ulong cursor, ulong floor, ulong published)
    {
        ulong next = Math.Max(cursor, floor);
        ulong depth = (ulong)Depth;
        return published >= depth && depth > 0 ? Math.Max(next, published - depth + 1) : next;
    }
}
