namespace Bips.Benchmarks.Raw;

/// <summary>
/// Equally sized buffers one behind the other in plain memory, each beginning on a page as those of a pool do.
/// </summary>
/// <param name="first">First byte of the first buffer.</param>
/// <param name="size">Bytes that are used of each.</param>
internal readonly unsafe struct PlainBuffers(byte* first, int size)
{
    private const int PageSize = 4096;

    private readonly byte* _first = first;
    private readonly long _stride = Stride(size);

    /// <summary>All of a buffer.</summary>
    public Span<byte> this[uint index] => new(_first + (index * _stride), size);

    /// <summary>Bytes that so many buffers take up.</summary>
    public static long Length(int count, int size) => count * Stride(size);

    private static long Stride(int size) => ((long)size + PageSize - 1) / PageSize * PageSize;
}
