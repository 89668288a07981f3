using Bips.Native.Abi;

namespace Bips.Native;

/// <summary><c>bips_producer_info</c> and <c>bips_consumer_info</c>.</summary>
internal readonly unsafe struct InfoCall<THandle>(NativePoolInfo* info) : IHandleCall<THandle>
    where THandle : Handle, INamed
{
    public int Run(THandle handle)
    {
        Checked.Struct(info, nameof(info));
        info->Fill(handle.Pool, handle.Texts);
        return Status.Ok;
    }
}
