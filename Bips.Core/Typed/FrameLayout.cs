using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Bips.Layout;

namespace Bips.Typed;

/// <summary>
/// Size of a frame struct and the place of each of its fields, as they stand in the format of a typed pool.
/// </summary>
/// <remarks>
/// <c>application/x-bips-struct;size=24;layout="x:f64@0,y:f64@8,z:f64@16";type="Samples.Point"</c>. Two types are the
/// same if size and layout are; the name of the type is for people.
/// </remarks>
/// <param name="Size">Bytes from one value to the next.</param>
/// <param name="Fields">The fields, or a digest of them where they are too many for a format.</param>
/// <param name="TypeName">What the producer calls the struct.</param>
internal sealed record FrameLayout(int Size, string Fields, string TypeName)
{
    public const string MediaType = "application/x-bips-struct";

    /// <summary>What a layout needs to know of a type by reflection, and a trimmer must therefore keep.</summary>
    public const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields;

    /// <summary>Room for the fields; the rest of a format is size and type.</summary>
    private const int LongestFields = PoolHeader.MaximumFormatLength - 512;
    private const int LongestTypeName = 100;

    /// <exception cref="NotSupportedException">
    /// The struct means nothing, or something else, in another process.
    /// </exception>
    public static FrameLayout Of<[DynamicallyAccessedMembers(Members)] T>()
        where T : unmanaged
    {
        string fields = string.Join(',', LayoutReader.Read(typeof(T), default(T)));
        return new FrameLayout(Unsafe.SizeOf<T>(), Encoding.UTF8.GetByteCount(fields) <= LongestFields
            ? fields
            : Digest(fields),
            Plain(typeof(T).ToString()));
    }

    /// <returns>Null when the format is not that of a typed pool.</returns>
    public static FrameLayout? Parse(string format)
    {
        string[] parts = format.Split(';');
        return parts is [MediaType, var size, var fields, var type] && Value(size, "size") is { } bytes &&
            int.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out int length) &&
            Value(fields, "layout") is { } places && Value(type, "type") is { } name
            ? new FrameLayout(length, places, name)
            : null;
    }

    public string ToFormat() => string.Create(CultureInfo.InvariantCulture,
        $"{MediaType};size={Size};layout=\"{Fields}\";type=\"{TypeName}\"");

    public bool Agrees(FrameLayout other) =>
        Size == other.Size && string.Equals(Fields, other.Fields, StringComparison.Ordinal);

    /// <summary>What differs, field by field, from this (the pool's) to the other's.</summary>
    public string DifferenceTo(FrameLayout other)
    {
        string[] here = Fields.Split(',');
        string[] there = other.Fields.Split(',');
        IEnumerable<string> lines = here.Except(there, StringComparer.Ordinal).Select(field => "pool only: " + field)
            .Concat(there.Except(here, StringComparer.Ordinal).Select(field => "program only: " + field));
        if (Size != other.Size)
        {
            lines = lines.Prepend(string.Create(CultureInfo.InvariantCulture, $"size {Size} in the pool, " +
                $"{other.Size} in the program"));
        }

        return string.Join("; ", lines);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TypeName} ({Size} bytes: " +
        $"{Fields})");

    private static string Digest(string fields) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fields)));

    /// <summary>A name without what has a meaning in a format, and not too long for one.</summary>
    private static string Plain(string name)
    {
        string plain = string.Concat(name.Where(symbol => symbol is not ('"' or ';' or '\\')));
        return plain.Length <= LongestTypeName ? plain : plain[..LongestTypeName];
    }

    private static string? Value(string parameter, string name) =>
        parameter.StartsWith(name + '=', StringComparison.Ordinal) ? parameter[(name.Length + 1)..].Trim('"') : null;
}
