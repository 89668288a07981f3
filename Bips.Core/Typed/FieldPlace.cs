using System.Globalization;

namespace Bips.Typed;

/// <summary>Where a field of a frame struct lies: one word of a layout, such as <c>corners[4/8].x:f32@16</c>.</summary>
/// <param name="Path">
/// Names from the struct to the field, an array with its length and the bytes from one element to the next.
/// </param>
/// <param name="Type">One of the names in <see cref="PrimitiveNames"/>.</param>
/// <param name="Offset">
/// Bytes from the start of the struct to the field, in an array to that of the first element.
/// </param>
internal readonly record struct FieldPlace(string Path, string Type, int Offset)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path}:{Type}@{Offset}");
}
