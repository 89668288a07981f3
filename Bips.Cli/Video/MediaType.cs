using System.Globalization;
using System.Text;

namespace Bips.Cli.Video;

/// <summary>
/// A media type with parameters in GStreamer's spelling, such as <c>video/x-raw,format=I420,width=640</c>: what a
/// pool's format is.
/// </summary>
internal static class MediaType
{
    /// <summary>Appends a parameter whose value needs no quotes.</summary>
    public static StringBuilder AppendField(this StringBuilder type, string name, string value) =>
        type.Append(',').Append(name).Append('=').Append(value);

    /// <summary>
    /// Appends a parameter of any bytes in quotes: a byte that is not printable ASCII becomes three octal digits, as in
    /// GStreamer.
    /// </summary>
    public static StringBuilder AppendQuotedField(this StringBuilder type, string name, ReadOnlySpan<byte> value)
    {
        type.Append(',').Append(name).Append("=\"");
        foreach (byte b in value)
        {
            _ = b switch
            {
                (byte)'"' or (byte)'\\' => type.Append('\\').Append((char)b),
                >= 0x20 and < 0x7F => type.Append((char)b),
                _ => type.Append(CultureInfo.InvariantCulture, $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}"),
            };
        }

        return type.Append('"');
    }

    /// <summary>Reads a parameter back that was written in quotes.</summary>
    /// <returns>Null when there is none, or when it is not written as <see cref="AppendQuotedField"/> does.</returns>
    public static byte[]? ReadQuotedField(string type, string name)
    {
        string start = $",{name}=\"";
        int position = FindOutsideQuotes(type, start);
        if (position < 0)
        {
            return null;
        }

        var value = new List<byte>();
        for (position += start.Length; position < type.Length && type[position] != '"';)
        {
            if (!TryReadCharacter(type, ref position, out byte b))
            {
                return null;
            }

            value.Add(b);
        }

        return position < type.Length ? [.. value] : null;
    }

    private static int FindOutsideQuotes(string type, string wanted)
    {
        bool quoted = false;
        for (int i = 0; i < type.Length; i++)
        {
            if (!quoted && string.CompareOrdinal(type, i, wanted, 0, wanted.Length) == 0)
            {
                return i;
            }

            if (type[i] == '\\')
            {
                i++;
            }
            else if (type[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return -1;
    }

    private static bool TryReadCharacter(string type, ref int position, out byte value)
    {
        const int octalDigits = 3;
        char c = type[position++];
        value = (byte)c;
        if (c != '\\')
        {
            return c is >= ' ' and <= '~';
        }

        if (position == type.Length)
        {
            return false;
        }

        if (!char.IsAsciiDigit(type[position]))
        {
            value = (byte)type[position];
            return type[position++] is >= ' ' and <= '~';
        }

        if (position + octalDigits > type.Length)
        {
            return false;
        }

        int code = 0;
        for (int i = 0; i < octalDigits; i++)
        {
            int digit = type[position++] - '0';
            if (digit is < 0 or > 7)
            {
                return false;
            }

            code = (code * 8) + digit;
        }

        value = (byte)code;
        return code <= byte.MaxValue;
    }
}
