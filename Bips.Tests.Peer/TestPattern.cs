using System.Buffers.Binary;

namespace Bips.Tests.Peer;

/// <summary>What the peers of every language put into a frame, and how they recognise it.</summary>
/// <remarks>
/// Frame s has 1 + (97 s mod size) bytes; byte j is (131 s + 17 j + j / 256) mod 256. Metadata: the sequence and the
/// CRC-32 of the payload, both 64-bit little-endian.
/// </remarks>
internal static class TestPattern
{
    public const int MetadataSize = 16;

    private static readonly uint[] s_table = MakeTable();

    /// <returns>Number of bytes filled.</returns>
    public static int Fill(Span<byte> buffer, Span<byte> metadata, ulong sequence)
    {
        int length = 1 + (int)(97 * sequence % (ulong)buffer.Length);
        for (int j = 0; j < length; j++)
        {
            buffer[j] = (byte)((131 * sequence) + (ulong)((17 * j) + (j >> 8)));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(metadata, sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(metadata[8..], Crc(0, buffer[..length]));
        return length;
    }

    public static bool Matches(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> metadata, ulong sequence) =>
        BinaryPrimitives.ReadUInt64LittleEndian(metadata) == sequence &&
        BinaryPrimitives.ReadUInt64LittleEndian(metadata[8..]) == Crc(0, payload);

    /// <summary>CRC-32 as zlib computes it; start with 0 and go on with the last result.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (byte value in bytes)
        {
            crc = s_table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        const uint polynomial = 0xEDB88320;
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
