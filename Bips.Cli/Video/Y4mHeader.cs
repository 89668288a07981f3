using System.Globalization;
using System.Text;

namespace Bips.Cli.Video;

/// <summary>
/// The first line of a Y4M stream: what it says, and its exact bytes, so that it can be written again as it was.
/// </summary>
internal sealed class Y4mHeader
{
    /// <summary>Longest line that is read; what programs write has about 80 bytes.</summary>
    public const int MaximumLength = 1024;

    /// <summary>Parameter of the media type that keeps the line.</summary>
    private const string MediaField = "y4m-header";

    private readonly byte[] _line;

    private Y4mHeader(byte[] line) => _line = line;

    /// <summary>How every header starts.</summary>
    public static ReadOnlySpan<byte> Magic => "YUV4MPEG2 "u8;

    /// <summary>The line without its line feed.</summary>
    public ReadOnlySpan<byte> Line => _line;

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Frames per second as a fraction; 0/1 where the header says nothing.</summary>
    public (int Numerator, int Denominator) FrameRate { get; private set; } = (0, 1);

    public Y4mColourSpace ColourSpace { get; private set; } = Y4mColourSpace.Find(Y4mColourSpace.Default)!;

    /// <summary>Bytes of payload of each frame.</summary>
    public int FrameSize { get; private set; }

    private (int Numerator, int Denominator)? PixelAspect { get; set; }

    private char Interlacing { get; set; } = '?';

    /// <param name="line">The line, from the magic word to before the line feed.</param>
    /// <param name="source">What it was read from, for messages.</param>
    /// <exception cref="ToolException"><see cref="ExitCode.BadInput"/>: it says what is wrong.</exception>
    public static Y4mHeader Parse(ReadOnlySpan<byte> line, string source)
    {
        var header = new Y4mHeader(line.ToArray());
        foreach (string tag in Encoding.Latin1.GetString(line[Magic.Length..])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            header.Apply(tag, source);
        }

        if (header.Width == 0 || header.Height == 0)
        {
            throw ToolException.BadInput($"The Y4M header of {source} gives no width (W) and height (H): {header}.");
        }

        Int128 size = header.ColourSpace.FrameSize(header.Width, header.Height);
        if (size > int.MaxValue)
        {
            throw ToolException.BadInput(
                $"The Y4M header of {source} asks for frames of {size} bytes; at most {int.MaxValue} fit into a " +
                $"buffer: {header}.");
        }

        header.FrameSize = (int)size;
        return header;
    }

    /// <summary>Finds the header in the format of a pool.</summary>
    /// <returns>Null when the format keeps none.</returns>
    public static Y4mHeader? FromMediaType(string format, string source) =>
        MediaType.ReadQuotedField(format, MediaField) is { } line && line.AsSpan().StartsWith(Magic)
            ? Parse(line, source)
            : null;

    /// <summary>A pool's format that says what the header says, and keeps it.</summary>
    public string ToMediaType()
    {
        StringBuilder type = new StringBuilder("video/x-raw")
            .AppendField("format", ColourSpace.MediaFormat)
            .AppendField("width", Number(Width))
            .AppendField("height", Number(Height))
            .AppendField("framerate", Fraction(FrameRate));
        if (PixelAspect is { Numerator: > 0, Denominator: > 0 } aspect)
        {
            type.AppendField("pixel-aspect-ratio", Fraction(aspect));
        }

        _ = Interlacing switch
        {
            'p' => type.AppendField("interlace-mode", "progressive"),
            't' => type.AppendField("interlace-mode", "interleaved").AppendField("field-order", "top-field-first"),
            'b' => type.AppendField("interlace-mode", "interleaved").AppendField("field-order", "bottom-field-first"),
            'm' => type.AppendField("interlace-mode", "mixed"),
            _ => type,
        };
        return type.AppendQuotedField(MediaField, _line).ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.Latin1.GetString(_line);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Fraction((int Numerator, int Denominator) value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.Numerator}/{value.Denominator}");

    private static ToolException BadTag(string tag, string source, string expected) =>
        ToolException.BadInput($"The Y4M header of {source} has the tag '{tag}'; {expected}.");

    private static int ParseSize(string tag, string source) =>
        int.TryParse(tag.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw BadTag(tag, source, $"'{tag[0]}' is followed by a size of 1 to {int.MaxValue} pixels");

    private static (int Numerator, int Denominator) ParseFraction(string tag, string source)
    {
        int colon = tag.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 &&
            int.TryParse(tag.AsSpan(1, colon - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out int numerator) &&
            int.TryParse(tag.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int denominator)
            ? (numerator, denominator)
            : throw BadTag(tag, source, $"'{tag[0]}' is followed by a fraction such as 25:1");
    }

    private void Apply(string tag, string source)
    {
        switch (tag[0])
        {
            case 'W':
                Width = ParseSize(tag, source);
                break;
            case 'H':
                Height = ParseSize(tag, source);
                break;
            case 'F':
                FrameRate = ParseFraction(tag, source) is { Numerator: > 0, Denominator: > 0 } rate ? rate : (0, 1);
                break;
            case 'A':
                PixelAspect = ParseFraction(tag, source);
                break;
            case 'I' when tag.Length == 2:
                Interlacing = tag[1];
                break;
            case 'C':
                ColourSpace = Y4mColourSpace.Find(tag[1..]) ?? throw BadTag(tag, source,
                    "the colour spaces that are understood are 420, 420jpeg, 420mpeg2, 420paldv, 411, 422, 444, " +
                    "444alpha, mono, and 420p, 422p, 444p, mono followed by 9, 10, 12, 14 or 16");
                break;
            case 'X':
                break;
            default:
                throw BadTag(tag, source, "known are W, H, F, I, A, C and X");
        }
    }
}
