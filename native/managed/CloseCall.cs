using Bips.Native.Abi;

namespace Bips.Native;

/// <summary><c>bips_producer_close</c> and <c>bips_consumer_close</c>.</summary>
internal readonly struct CloseCall<THandle> : IHandleCall<THandle>
    where THandle : Handle, INamed
{
    public int Run(THandle handle) => handle.Close() ? Status.Ok : throw CallException.ClosedWithLeases<THandle>();
}
