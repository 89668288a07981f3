namespace Bips.Tests.Support;

/// <summary>Where virtual memory really is, by <c>/proc/self/pagemap</c>.</summary>
internal static unsafe class PhysicalMemory
{
    private const ulong FrameBits = (1UL << 55) - 1;
    private const ulong PresentBit = 1UL << 63;

    /// <returns>Number of the physical page in which the span begins; needs root.</returns>
    public static ulong FrameOf(ReadOnlySpan<byte> span)
    {
        Assert.That(Environment.IsPrivilegedProcess, Is.True, "page frame numbers are shown to root only");
        fixed (byte* address = span)
        {
            _ = Bips.Signaler.Ordering.LoadAcquire(ref *address);
            using var map = File.OpenHandle("/proc/self/pagemap");
            Span<byte> entry = stackalloc byte[sizeof(ulong)];
            long page = (long)((ulong)address / (ulong)Environment.SystemPageSize);
            Assert.That(RandomAccess.Read(map, entry, page * sizeof(ulong)), Is.EqualTo(sizeof(ulong)));
            ulong word = BitConverter.ToUInt64(entry);
            Assert.That(word & PresentBit, Is.Not.Zero);
            return word & FrameBits;
        }
    }
}
