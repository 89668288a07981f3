using System.Runtime.InteropServices;

namespace Bips.Native;

/// <summary>One word that the watch sleeps on: <c>struct futex_waitv</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FutexWord
{
    public ulong Expected;
    public uint* Address;
    public uint Flags;
    public uint Reserved;
}
