using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Native.Abi;

/// <summary>Turns what a C program gave into what the library takes, or says which field is wrong.</summary>
internal static unsafe class Checked
{
    public static void NotNull(void* argument, string name)
    {
        if (argument == null)
        {
            throw CallException.Argument($"{name} is NULL.");
        }
    }

    /// <summary>Checks a struct that begins with its size, which the caller has set.</summary>
    public static void Struct<T>(T* argument, string name)
        where T : unmanaged, INamed
    {
        NotNull(argument, name);
        Size(argument);
    }

    /// <inheritdoc cref="Struct"/>
    /// <param name="argument">Not null.</param>
    public static void Size<T>(T* argument)
        where T : unmanaged, INamed
    {
        uint size = *(uint*)argument;
        if (size != sizeof(T))
        {
            throw CallException.StructSize<T>(size, sizeof(T));
        }
    }

    public static int Int(ulong value, string field) =>
        value <= int.MaxValue ? (int)value : throw OutOfRange(value, field, $"at most {int.MaxValue}");

    public static uint? Id(long value, string field) => value switch
    {
        -1 => null,
        >= 0 and < uint.MaxValue => (uint)value,
        _ => throw OutOfRange(value, field, "a numeric id, or -1"),
    };

    public static TimeSpan NotNegative(long nanoseconds, string field) =>
        nanoseconds >= 0 ? Timeouts.ToTimeSpan(nanoseconds) : throw OutOfRange(nanoseconds, field, "0 or more");

    public static WaitMode WaitMode(uint value) => value <= (uint)Signaler.WaitMode.Sleep
        ? (WaitMode)value
        : throw OutOfRange(value, "wait_mode", "a BIPS_WAIT_... value");

    public static UnixFileMode FileMode(uint value) => value is > 0 and <= 0x1FF
        ? (UnixFileMode)value
        : throw OutOfRange(value, "mode", "permission bits such as 0640, not 0");

    public static OverflowPolicy Overflow(uint kind, uint depth) => kind switch
    {
        (uint)OverflowKind.Block => OverflowPolicy.Block,
        (uint)OverflowKind.DropOldest => OverflowPolicy.DropOldest,
        (uint)OverflowKind.Latest when depth is >= 1 and <= int.MaxValue => OverflowPolicy.Latest((int)depth),
        (uint)OverflowKind.Latest => throw OutOfRange(depth, "depth", "at least 1 with BIPS_LATEST"),
        _ => throw OutOfRange(kind, "overflow", "BIPS_BLOCK, BIPS_DROP_OLDEST or BIPS_LATEST"),
    };

    /// <param name="text">Ends with a zero byte; not null.</param>
    /// <param name="field">For messages.</param>
    public static string Text(byte* text, string field) => Marshal.PtrToStringUTF8((nint)text) is { Length: > 0 } value
        ? value
        : throw CallException.Argument($"{field} is empty; pass NULL for its default.");

    private static CallException OutOfRange<T>(T value, string field, string rule) =>
        CallException.Argument($"{field} is {value}; it must be {rule}.");
}
