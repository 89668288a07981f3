namespace Bips;

/// <summary>The two ways to misuse a lease.</summary>
internal static class LeaseErrors
{
    public static BipsException Ended() => new(BipsError.LeaseEnded,
        "This lease has ended: it was pushed or disposed before, or never pulled. Its memory belongs to another frame now; " +
        "pull again.");

    public static BipsException Limit(int open, string option) => new(BipsError.LeaseLimit,
        $"{open} of {open} leases are open. Push or dispose one first, or ask for more with {option}.");
}
