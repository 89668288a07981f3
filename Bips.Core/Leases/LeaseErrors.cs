namespace Bips.Leases;

/// <summary>The ways to misuse a lease.</summary>
internal static class LeaseErrors
{
    public static BipsException Ended() => new(BipsError.LeaseEnded,
        "This lease has ended: it was pushed or disposed before, or never pulled. Its memory belongs to another " +
        "frame now; pull again.");

    public static BipsException Limit(int open, string option) => new(BipsError.LeaseLimit,
        $"{open} of {open} leases are open. Push or dispose one first, or ask for more with {option}.");

    public static ArgumentOutOfRangeException TooLong(int length, int bufferSize) => new(nameof(length), length,
        $"The length must be 0 to {bufferSize}, the pool's buffer size.");
}
