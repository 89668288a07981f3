namespace Bips.Native.Abi;

/// <summary>
/// The values of <c>bips_status</c> that no enum of the library has. The expected outcomes are the values of
/// <see cref="PullStatus"/>; the other errors are the values of <see cref="BipsError"/>, negated.
/// </summary>
internal static class Status
{
    public const int Ok = 0;
    public const int Argument = -15;
    public const int Handle = -16;
    public const int StructSize = -17;
    public const int Closed = -18;
    public const int Busy = -19;
    public const int ForeignLease = -20;
    public const int Unexpected = -21;
}
