using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Ends;

/// <summary>
/// What each side does with a payload. Every comparison uses this code on both sides; readers check what they read.
/// </summary>
internal static class PayloadWork
{
    /// <summary>Bytes of a cache line.</summary>
    public const int LineLength = 64;

    private const int WordsPerLine = LineLength / sizeof(ulong);

    /// <summary>Writes the first line: eight words that follow from one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteLine(Span<byte> payload, ulong value)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload[..LineLength]);
        for (int i = 0; i < WordsPerLine; i++)
        {
            words[i] = value + (ulong)i;
        }
    }

    /// <summary>Reads the first line.</summary>
    /// <returns>The word that it was written from.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadLine(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload[..LineLength]);
        ulong first = words[0];
        ulong faults = 0;
        for (int i = 1; i < WordsPerLine; i++)
        {
            faults |= words[i] ^ (first + (ulong)i);
        }

        return faults == 0 ? first : throw Torn();
    }

    /// <summary>Does to a frame what the producer of a stream does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Touch touch, Span<byte> payload, ulong number)
    {
        if (touch == Touch.Ends)
        {
            MemoryMarshal.Write(payload, (uint)number);
            MemoryMarshal.Write(payload[^sizeof(uint)..], (uint)number);
        }
        else if (touch == Touch.All)
        {
            MemoryMarshal.Cast<byte, ulong>(payload).Fill(number);
        }
    }

    /// <summary>Does to a frame what a consumer of a stream does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(Touch touch, ReadOnlySpan<byte> payload)
    {
        if (touch == Touch.Ends)
        {
            if (MemoryMarshal.Read<uint>(payload) != MemoryMarshal.Read<uint>(payload[^sizeof(uint)..]))
            {
                throw Torn();
            }
        }
        else if (touch == Touch.All)
        {
            ReadAll(payload);
        }
    }

    /// <summary>
    /// All words of a frame are equal. The sum and the first word prove that, but for a chance of one in 2^64.
    /// </summary>
    private static void ReadAll(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(payload);
        Vector<ulong> even = Vector<ulong>.Zero;
        Vector<ulong> odd = Vector<ulong>.Zero;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            even += vectors[i];
            odd += vectors[i + 1];
        }

        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        ulong sum = Vector.Sum(even + odd);
        foreach (ulong word in words[(i * Vector<ulong>.Count)..])
        {
            sum += word;
        }

        if (sum != words[0] * (ulong)words.Length)
        {
            throw Torn();
        }
    }

    private static InvalidDataException Torn() => new("A payload does not hold what one producer wrote into it.");
}
