using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;
using Bips.Signaler;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// Sends over a ZeroMQ <c>PUSH</c> socket to each receiver. ZeroMQ sends a large frame from where it was written, as
/// its manual advises, and calls back when it needs the memory no more.
/// </summary>
internal sealed unsafe class ZeroMqSender : IFrameSender
{
    /// <summary>Up to this length a copy is cheaper than the bookkeeping.</summary>
    private const int LargestCopied = 8 * 1024;

    private readonly ZeroMqSocket[] _sockets;
    private readonly int _size;
    private readonly int _slots;
    private readonly byte* _memory;

    /// <summary>For each slot: how many receivers' messages still need it.</summary>
    private readonly uint* _needed;
    private uint _slot;

    public ZeroMqSender(Station station, StreamPlan plan)
    {
        _size = plan.FrameSize;
        _slots = plan.FrameSize > LargestCopied ? plan.Buffers : 1;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_slots * (nuint)_size, (nuint)Environment.SystemPageSize);
        _needed = (uint*)NativeMemory.AllocZeroed((nuint)_slots, sizeof(uint));
        _sockets = [.. Enumerable.Range(0, plan.Sinks).Select(_ => new ZeroMqSocket(ZeroMq.PUSH, plan.Buffers))];
        for (int i = 0; i < _sockets.Length; i++)
        {
            nint handle = _sockets[i].Handle;
            string address = ZeroMqSocket.Address(station, i);
            ZeroMq.Check(() => ZeroMq.Bind(handle, address));
        }
    }

    public void Connect()
    {
        // A send waits for its receiver.
    }

    public Span<byte> Frame(int length)
    {
        while (Ordering.LoadAcquire(ref _needed[_slot]) != 0)
        {
            Thread.Yield();
        }

        return new Span<byte>(_memory + ((long)_slot * _size), length);
    }

    public void Send(int length)
    {
        byte* data = _memory + ((long)_slot * _size);
        uint* needed = _needed + _slot;
        bool isCopied = length <= LargestCopied;
        if (!isCopied)
        {
            Ordering.StoreRelease(ref *needed, (uint)_sockets.Length);
            _slot = (_slot + 1) % (uint)_slots;
        }

        foreach (ZeroMqSocket socket in _sockets)
        {
            nint handle = socket.Handle;
            if (isCopied)
            {
                ZeroMq.Check(() => ZeroMq.Send(handle, data, (nuint)length, flags: 0));
            }
            else
            {
                ZeroMq.Message message;
                ZeroMq.Message* address = &message;
                ZeroMq.Check(() => ZeroMq.WrapMessage(address, data, (nuint)length, &Release, needed));
                ZeroMq.Check(() => ZeroMq.SendMessage(address, handle, flags: 0));
            }
        }
    }

    public void Dispose()
    {
        foreach (ZeroMqSocket socket in _sockets)
        {
            socket.Dispose();
        }

        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_needed);
    }

    [UnmanagedCallersOnly]
    private static void Release(void* data, void* needed) => Ordering.FetchAdd(ref *(uint*)needed, uint.MaxValue);
}
