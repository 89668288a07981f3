using System.Runtime.InteropServices;

namespace Bips.Torture;

/// <summary>
/// A frame that proves itself: it says who made it and which one it is, and every other word follows from these two.
/// </summary>
internal static class Payload
{
    /// <summary>Bytes in front: the producer's random number and the sequence.</summary>
    private const int HeaderWords = 2;

    public static void Fill(Span<byte> buffer, ulong producer, ulong sequence)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(buffer);
        words[0] = producer;
        words[1] = sequence;
        for (int i = HeaderWords; i < words.Length; i++)
        {
            words[i] = Mix(producer ^ (sequence * 0x9E3779B97F4A7C15) ^ (ulong)i);
        }
    }

    /// <summary>Whether every word is what the first two say, and the sequence is the frame's.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> frame, ulong sequence, out ulong producer)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(frame);
        producer = words[0];
        if (words[1] != sequence)
        {
            return false;
        }

        for (int i = HeaderWords; i < words.Length; i++)
        {
            if (words[i] != Mix(producer ^ (sequence * 0x9E3779B97F4A7C15) ^ (ulong)i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a frame to a digest of a stream; two readers of the same frames get the same digest.</summary>
    public static ulong Digest(ulong digest, ulong producer, ulong sequence) => Mix(digest ^ producer ^ Mix(sequence));

    /// <summary>SplitMix64's finaliser.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
