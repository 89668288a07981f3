using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Raw;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// A ring of slots in a mapped file, with two counting semaphores in it for each receiver: one counts slots that are
/// free for it, one counts slots that are filled for it. Nobody else touches a slot that somebody holds.
/// </summary>
internal sealed unsafe class MappedFile(Station station, StreamPlan plan)
{
    private const int SemaphoreDistance = 128;
    private const int LengthsOffset = StreamPlan.HeaderLength / 2;

    private readonly byte* _memory = station.Memory;
    private readonly PlainBuffers _slots = new(station.Memory + StreamPlan.HeaderLength, plan.FrameSize);

    /// <summary>Number of receivers.</summary>
    public int Receivers => plan.Sinks;

    /// <summary>Number of slots.</summary>
    public int Count => plan.Buffers;

    /// <summary>Bytes of the largest frame.</summary>
    public int FrameSize => plan.FrameSize;

    /// <summary>Sets the semaphores of all receivers; before any of them opens.</summary>
    public void Initialise()
    {
        for (int receiver = 0; receiver < Receivers; receiver++)
        {
            if (LibC.InitialiseSemaphore(Free(receiver), isShared: 1, (uint)Count) != 0 ||
                LibC.InitialiseSemaphore(Filled(receiver), isShared: 1, value: 0) != 0)
            {
                throw Failed();
            }
        }
    }

    /// <summary>A slot.</summary>
    public Span<byte> Slot(ulong number) => _slots[(uint)(number % (ulong)Count)];

    /// <summary>Length of the frame in a slot.</summary>
    public ref int Length(ulong number) =>
        ref *(int*)(_memory + LengthsOffset + ((long)(number % (ulong)Count) * sizeof(int)));

    public void WaitForFree(int receiver) => Wait(Free(receiver));

    public void PostFree(int receiver) => Post(Free(receiver));

    public void WaitForFilled(int receiver) => Wait(Filled(receiver));

    public void PostFilled(int receiver) => Post(Filled(receiver));

    private static void Wait(byte* semaphore)
    {
        while (LibC.WaitForSemaphore(semaphore) != 0)
        {
            if (Marshal.GetLastPInvokeError() != LibC.EINTR)
            {
                throw Failed();
            }
        }
    }

    private static void Post(byte* semaphore)
    {
        if (LibC.PostSemaphore(semaphore) != 0)
        {
            throw Failed();
        }
    }

    private byte* Free(int receiver) => _memory + (receiver * 2 * SemaphoreDistance);

    private byte* Filled(int receiver) => Free(receiver) + SemaphoreDistance;

    private static InvalidOperationException Failed() =>
        new($"A semaphore cannot be used: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
