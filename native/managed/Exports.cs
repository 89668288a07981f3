using System.Runtime.CompilerServices;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>What the functions of both kinds of handle share.</summary>
internal static unsafe class Exports
{
    /// <summary>Whether a lease may be looked up: it is this handle's, and its numbers are possible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CheckLease(Handle handle, NativeLease* lease)
    {
        if (lease == null)
        {
            return Failure.Null("lease");
        }

        if (lease->Owner != handle.Value)
        {
            return Failure.ForeignLease();
        }

        // Generations of open leases are odd; an even one would look like a lease that nobody has.
        return lease->BufferIndex < (uint)handle.Pool.BufferCount && (lease->Generation & 1) != 0
            ? Status.Ok
            : Failure.LeaseEnded();
    }

    public static int FillInfo(Handle handle, NativePoolInfo* info)
    {
        if (info == null)
        {
            return Failure.Null("info");
        }

        if (info->Size != sizeof(NativePoolInfo))
        {
            return Failure.StructSize("bips_pool_info", info->Size, sizeof(NativePoolInfo));
        }

        info->Fill(handle.Pool, handle.Texts);
        return Status.Ok;
    }
}
