using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Tests.Signaler;

/// <summary>What the processor may not do to a fenced store.</summary>
public sealed unsafe class OrderingTests
{
    private const int Rounds = 100_000;
    private const int LineSize = 128;

    /// <summary>
    /// Dekker's pattern, the one thing that a release store does not give: it fails within a few thousand rounds with
    /// one.
    /// </summary>
    [Test]
    public void Of_two_threads_that_store_fenced_and_then_load_one_sees_the_other([Values] bool isByte)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(LineSize * 4, LineSize);
        NativeMemory.Clear(memory, LineSize * 4);
        bool[][] seen = [new bool[Rounds], new bool[Rounds]];
        Task[] both = [.. Enumerable.Range(0, 2).Select(side => Task.Factory.StartNew(
            () => StoreAndLook(memory, side, isByte, seen[side]), TaskCreationOptions.LongRunning))];
        Assert.That(Task.WaitAll(both, TimeSpan.FromSeconds(60)), Is.True);
        NativeMemory.AlignedFree(memory);
        int blind = Enumerable.Range(0, Rounds).Count(round => !seen[0][round] && !seen[1][round]);
        Assert.That(blind, Is.Zero, "neither thread saw the other's store");
    }

    private static void StoreAndLook(byte* memory, int side, bool isByte, bool[] seen)
    {
        byte* own = memory + (side * LineSize);
        byte* other = memory + ((1 - side) * LineSize);
        ref uint arrivals = ref *(uint*)(memory + (2 * LineSize));
        for (uint round = 0; round < Rounds; round++)
        {
            Meet(ref arrivals, (4 * round) + 2);
            if (isByte)
            {
                byte mark = (byte)((round & 1) + 1);
                Ordering.StoreFenced(ref *own, mark);
                seen[round] = Ordering.LoadAcquire(ref *other) == mark;
            }
            else
            {
                Ordering.StoreFenced(ref *(ulong*)own, round + 1);
                seen[round] = Ordering.LoadAcquire(ref *(ulong*)other) == round + 1;
            }

            Meet(ref arrivals, (4 * round) + 4);
        }
    }

    private static void Meet(ref uint arrivals, uint target)
    {
        Ordering.FetchAdd(ref arrivals, 1);
        var spinner = new SpinWait();
        for (int look = 0; Ordering.LoadAcquire(ref arrivals) < target; look++)
        {
            if (look > 1000)
            {
                spinner.SpinOnce();
            }
        }
    }
}
