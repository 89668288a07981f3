namespace Bips.Cli.Video;

/// <summary>How the samples of a Y4M frame lie in memory: planes one after the other, without padding.</summary>
/// <param name="MediaFormat">GStreamer's name of the format; its pattern is continued where it has none.</param>
/// <param name="ChromaPlanes">Planes besides the luma plane that are reduced.</param>
/// <param name="ChromaShiftX">How many times the width of a chroma plane is halved.</param>
/// <param name="ChromaShiftY">How many times the height of a chroma plane is halved.</param>
/// <param name="HasAlpha">Whether a plane of the luma plane's size follows.</param>
/// <param name="BytesPerSample">1, or 2 in little-endian order for more than 8 bits.</param>
internal sealed record Y4mColourSpace(string MediaFormat, int ChromaPlanes, int ChromaShiftX, int ChromaShiftY,
    bool HasAlpha,
    int BytesPerSample)
{
    /// <summary>What a header without a colour space means.</summary>
    public const string Default = "420jpeg";

    /// <summary>Looks up what the tag <c>C</c> of a header says.</summary>
    /// <returns>Null when the colour space is unknown.</returns>
    public static Y4mColourSpace? Find(string name) => name switch
    {
        "420" or "420jpeg" or "420mpeg2" or "420paldv" => new("I420", 2, 1, 1, HasAlpha: false, 1),
        "411" => new("Y41B", 2, 2, 0, HasAlpha: false, 1),
        "422" => new("Y42B", 2, 1, 0, HasAlpha: false, 1),
        "444" => new("Y444", 2, 0, 0, HasAlpha: false, 1),
        "444alpha" => new("A444", 2, 0, 0, HasAlpha: true, 1),
        "mono" => new("GRAY8", 0, 0, 0, HasAlpha: false, 1),
        _ => FindDeep(name),
    };

    /// <summary>Bytes of a frame; it may be more than any buffer has.</summary>
    public Int128 FrameSize(int width, int height)
    {
        Int128 luma = (Int128)width * height;
        Int128 chroma = (Int128)Reduce(width, ChromaShiftX) * Reduce(height, ChromaShiftY);
        return ((HasAlpha ? 2 * luma : luma) + (ChromaPlanes * chroma)) * BytesPerSample;
    }

    private static Y4mColourSpace? FindDeep(string name) => name switch
    {
        _ when DepthAfter(name, "420p") is { } bits => new($"I420_{bits}LE", 2, 1, 1, HasAlpha: false, 2),
        _ when DepthAfter(name, "422p") is { } bits => new($"I422_{bits}LE", 2, 1, 0, HasAlpha: false, 2),
        _ when DepthAfter(name, "444p") is { } bits => new($"Y444_{bits}LE", 2, 0, 0, HasAlpha: false, 2),
        _ when DepthAfter(name, "mono") is { } bits => new($"GRAY{bits}_LE", 0, 0, 0, HasAlpha: false, 2),
        _ => null,
    };

    private static string? DepthAfter(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name[prefix.Length..] is "9" or "10" or "12"
            or "14" or "16"
            ? name[prefix.Length..]
            : null;

    /// <summary>An odd size has its last chroma sample for one luma sample alone.</summary>
    private static long Reduce(long size, int shift) => (size + (1L << shift) - 1) >> shift;
}
