using System.Runtime.InteropServices;

namespace Bips.Tests.Actor;

/// <summary>Payload that follows from a number, so that whoever knows the number can check every byte.</summary>
public static class FramePattern
{
    /// <summary>Fills the whole span with the pattern of <paramref name="seed"/>.</summary>
    public static void Fill(Span<byte> payload, ulong seed)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Word(seed, i);
        }

        Span<byte> rest = payload[(words.Length * sizeof(ulong))..];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = (byte)(Word(seed, words.Length) >> (i * 8));
        }
    }

    /// <summary>Whether every byte is the pattern's.</summary>
    public static bool Matches(ReadOnlySpan<byte> payload, ulong seed)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != Word(seed, i))
            {
                return false;
            }
        }

        ReadOnlySpan<byte> rest = payload[(words.Length * sizeof(ulong))..];
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] != (byte)(Word(seed, words.Length) >> (i * 8)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One step of SplitMix64: every bit depends on the seed and the place.</summary>
    private static ulong Word(ulong seed, int place)
    {
        ulong z = (seed * 0x9E3779B97F4A7C15) + (ulong)place;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
