using System.Runtime.CompilerServices;
using Bips.Memory;

namespace Bips.Native;

/// <summary>
/// The handles that are open. A handle's value is a slot and a number that is never used again, so that a closed one is
/// told from whatever came after it. No value is ever used as an address.
/// </summary>
internal static class HandleTable
{
    private const int SlotBits = 20;
    private const int SlotMask = (1 << SlotBits) - 1;

    private static readonly Lock s_changes = new();
    private static Handle?[] s_slots = new Handle?[16];
    private static long s_opened;

    /// <summary>
    /// Called before a pool is opened: from the first pool on, the shim knows the descriptors that a forked child must
    /// close.
    /// </summary>
    /// <remarks>Not a static constructor, because each call would look whether it has run.</remarks>
    public static void Prepare()
    {
        InheritedDescriptors.Opened = Watch;
        InheritedDescriptors.Closing = Shim.Forget;
    }

    /// <summary>Gives a handle its value; when there is none left, closes it.</summary>
    public static nint AddOrClose(Handle handle)
    {
        try
        {
            return Add(handle);
        }
        catch
        {
            handle.Close();
            throw;
        }
    }

    /// <summary>The handle with this value.</summary>
    /// <returns>Null when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Handle? Find(nint value)
    {
        Handle?[] slots = s_slots;
        int slot = (int)value & SlotMask;
        Handle? handle = slot < slots.Length ? slots[slot] : null;
        return handle is not null && handle.Value == value ? handle : null;
    }

    /// <summary>Forgets a handle; nothing happens if that was done before.</summary>
    public static void Remove(Handle handle)
    {
        lock (s_changes)
        {
            int slot = (int)handle.Value & SlotMask;
            if (handle.Value != 0 && s_slots[slot] == handle)
            {
                s_slots[slot] = null;
            }
        }
    }

    private static void Watch(int descriptor)
    {
        if (!Shim.Watch(descriptor))
        {
            throw new InvalidOperationException("Out of memory.");
        }
    }

    private static nint Add(Handle handle)
    {
        lock (s_changes)
        {
            int slot = Array.IndexOf(s_slots, null);
            if (slot < 0)
            {
                slot = s_slots.Length;
                if (slot > SlotMask)
                {
                    throw new BipsException(BipsError.System, $"{slot} handles are open; close some first.");
                }

                Handle?[] grown = new Handle?[slot * 2];
                s_slots.CopyTo(grown, 0);
                s_slots = grown;
            }

            handle.Value = (nint)((++s_opened << SlotBits) | (uint)slot);
            s_slots[slot] = handle;
            return handle.Value;
        }
    }
}
