using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips.Typed;

/// <summary>Finds out where the fields of an unmanaged struct really lie.</summary>
/// <remarks>
/// Offsets are measured, not computed: a field is set to all ones in a value that is zero, and the first byte that
/// changes is where it lies. <see cref="Marshal.OffsetOf(Type, string)"/> answers for the marshalled form, which is
/// another one.
/// </remarks>
internal static class LayoutReader
{
    /// <summary>The fields in the order of their offsets, those of structs inside in their place.</summary>
    /// <param name="type">An unmanaged struct or a primitive.</param>
    /// <param name="zero">A value of it whose bytes are zero.</param>
    public static IEnumerable<FieldPlace> Read([DynamicallyAccessedMembers(FrameLayout.Members)] Type type, object zero)
    {
        var places = new List<FieldPlace>();
        Add(places, "", type, zero, 0);
        return places.OrderBy(place => place.Offset).ThenBy(place => place.Path, StringComparer.Ordinal);
    }

    private static void Add(
        List<FieldPlace> places, string path, [DynamicallyAccessedMembers(FrameLayout.Members)] Type type,
        object zero, int offset)
    {
        if (PrimitiveNames.Find(type) is { } primitive)
        {
            places.Add(new FieldPlace(path.Length == 0 ? "value" : path, primitive, offset));
            return;
        }

        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        ThrowIfUnusable(type, path, fields);
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
        {
            AddElements(places, path, fields[0].FieldType, array.Length, offset);
            return;
        }

        foreach (FieldInfo field in fields)
        {
            AddField(places, path, field, zero, offset);
        }
    }

    private static void AddField(List<FieldPlace> places, string path, FieldInfo field, object zero, int offset)
    {
        string name = path.Length == 0 ? NameOf(field) : $"{path}.{NameOf(field)}";
        ThrowIfPointer(field.FieldType, name);
        int at = offset + OffsetOf(field, zero);
        if (field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer)
        {
            AddElements(places, name, buffer.ElementType, buffer.Length, at);
        }
        else
        {
            AddNested(places, name, field.FieldType, field.GetValue(zero)!, at);
        }
    }

    private static void AddElements(List<FieldPlace> places, string path, Type element, int count, int offset)
    {
        ThrowIfPointer(element, path);
        int stride = RuntimeHelpers.SizeOf(element.TypeHandle);
        string name = string.Create(CultureInfo.InvariantCulture, $"{path}[{count}/{stride}]");
        if (PrimitiveNames.Find(element) is { } primitive)
        {
            places.Add(new FieldPlace(name, primitive, offset));
        }
        else
        {
            AddNested(places, name, element, ZeroOf(element), offset);
        }
    }

    /// <remarks>
    /// The analyzer cannot follow the type of a field. Where a trimmer took the fields of such a struct away, there are
    /// none, which is refused, or fewer, which disagrees with a program that has them all.
    /// </remarks>
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "A struct whose fields were trimmed is " +
        "refused; see the remarks.")]
    private static void AddNested(List<FieldPlace> places, string path, Type type, object zero, int offset) =>
        Add(places, path, type, zero, offset);

    /// <summary>An all-zero value of an unmanaged struct; none of its constructors runs.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The constructors that the annotation would " +
        "keep do not run.")]
    private static object ZeroOf(Type type) => RuntimeHelpers.GetUninitializedObject(type);

    /// <summary>Bytes from the start of the struct that declares the field.</summary>
    private static int OffsetOf(FieldInfo field, object zeroStruct)
    {
        object ones = field.GetValue(zeroStruct)!;
        BytesOf(ones, field.FieldType).Fill(byte.MaxValue);
        object marked = RuntimeHelpers.GetObjectValue(zeroStruct)!;
        field.SetValue(marked, ones);
        return BytesOf(marked, field.DeclaringType!).IndexOfAnyExcept((byte)0);
    }

    /// <summary>
    /// The bytes of a boxed unmanaged value: they follow the header, as the only field of a class would.
    /// </summary>
    private static Span<byte> BytesOf(object boxed, Type type) => MemoryMarshal.CreateSpan(
        ref Unsafe.As<StrongBox<byte>>(boxed).Value, RuntimeHelpers.SizeOf(type.TypeHandle));

    /// <summary>The property's name for the field behind it.</summary>
    private static string NameOf(FieldInfo field)
    {
        string name = field.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        return name[0] == '<' && end > 1 ? name[1..end] : name;
    }

    private static void ThrowIfUnusable(Type type, string path, FieldInfo[] fields)
    {
        string where = path.Length == 0 ? $"'{type}'" : $"Field '{path}' of type '{type}'";
        if (fields.Length == 0)
        {
            throw new NotSupportedException(
                $"{where} has no fields. If the program was trimmed, keep those of this type, for example with " +
                "[DynamicDependency(DynamicallyAccessedMemberTypes.PublicFields | " +
                "DynamicallyAccessedMemberTypes.NonPublicFields, typeof(…))].");
        }

        if (type.IsAutoLayout)
        {
            throw new NotSupportedException(
                $"{where} has the layout that the runtime chooses, which another process need not share. Declare it " +
                "[StructLayout(LayoutKind.Sequential)], or store it as a number, such as the ticks of a DateTime.");
        }
    }

    private static void ThrowIfPointer(Type type, string path)
    {
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
        {
            throw new NotSupportedException(
                $"Field '{path}' is a pointer or of a pointer's size ({type}): an address means nothing in another " +
                "process. Store an offset or an index, in a type of fixed size.");
        }
    }
}
