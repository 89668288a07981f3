using System.Reflection;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Tests.Support;

/// <summary>
/// Words of the shared layout by name, past the members that only let the right side store the right values.
/// </summary>
internal static unsafe class SharedWord
{
    /// <summary>Where a word lies in its struct.</summary>
    /// <param name="word">Its name in the protocol document.</param>
    public static long OffsetOf<T>(string word) => Marshal.OffsetOf<T>(FieldName(word));

    /// <summary>Stores any value into a word.</summary>
    public static void Write<T>(T* place, string word, ulong value)
        where T : unmanaged
    {
        byte* address = (byte*)place + OffsetOf<T>(word);
        if (typeof(
            T).GetField(FieldName(word), BindingFlags.NonPublic | BindingFlags.Instance)!.FieldType == typeof(ulong))
        {
            Ordering.StoreRelease(ref *(ulong*)address, value);
        }
        else
        {
            Ordering.StoreRelease(ref *(uint*)address, (uint)value);
        }
    }

    /// <summary>The name in the protocol document of a field that holds a shared word.</summary>
    public static string NameOf(FieldInfo field) => char.ToUpperInvariant(field.Name[1]) + field.Name[2..];

    private static string FieldName(string word) => "_" + char.ToLowerInvariant(word[0]) + word[1..];
}
