namespace Bips.Typed;

/// <summary>
/// What the fields of a frame struct may be in the end, by names that mean the same in every language.
/// </summary>
internal static class PrimitiveNames
{
    private static readonly Dictionary<Type, string> s_names = new()
    {
        [typeof(sbyte)] = "i8",
        [typeof(byte)] = "u8",
        [typeof(short)] = "i16",
        [typeof(ushort)] = "u16",
        [typeof(int)] = "i32",
        [typeof(uint)] = "u32",
        [typeof(long)] = "i64",
        [typeof(ulong)] = "u64",
        [typeof(Int128)] = "i128",
        [typeof(UInt128)] = "u128",
        [typeof(Half)] = "f16",
        [typeof(float)] = "f32",
        [typeof(double)] = "f64",
        [typeof(bool)] = "bool8",
        [typeof(char)] = "char16",

        // Structs of the framework whose bytes are what they are, whatever their private fields are called.
        [typeof(decimal)] = "decimal",
        [typeof(Guid)] = "guid",
        [typeof(TimeSpan)] = "ticks64",
    };

    /// <returns>Null for what is no primitive.</returns>
    public static string? Find(Type type) =>
        s_names.GetValueOrDefault(type.IsEnum ? Enum.GetUnderlyingType(type) : type);
}
