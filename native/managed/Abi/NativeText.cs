using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary>The texts of a pool where C can read them; freed with the handle that they belong to.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private nint _name;
    private nint _format;

    public NativeText(PoolInfo pool)
    {
        _name = Marshal.StringToCoTaskMemUTF8(pool.Name);
        _format = Marshal.StringToCoTaskMemUTF8(pool.Format);
    }

    public byte* Name => (byte*)_name;

    public byte* Format => (byte*)_format;

    public void Dispose()
    {
        Marshal.FreeCoTaskMem(Interlocked.Exchange(ref _name, 0));
        Marshal.FreeCoTaskMem(Interlocked.Exchange(ref _format, 0));
    }
}
