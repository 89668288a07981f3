using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Signaler;

namespace Bips.Torture;

/// <summary>Times how fast a dead consumer's buffers come back, by looking at the pool from outside.</summary>
internal sealed class RecoveryTimer(string pool)
{
    /// <summary>The held bytes of the run's pool, rounded up.</summary>
    private const int HeldBytes = 16;

    private static readonly TimeSpan s_stillness = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly string _path = $"/dev/shm/bips.{pool}";

    /// <summary>From the kill to the next frame, each time.</summary>
    public List<TimeSpan> Times { get; } = [];

    /// <summary>
    /// Whether the producer waits for one blocking consumer and for no other: it says that it waits, publishes nothing for a while, and
    /// every other blocking consumer has taken all frames and given them back.
    /// </summary>
    public bool IsProducerWaitingFor(int processId)
    {
        if (Read() is not (var before, true))
        {
            return false;
        }

        using var never = new ManualResetEventSlim();
        never.Wait(s_stillness);
        return Read() is (var after, true) && after == before && IsOnlyObstacle(processId, after);
    }

    /// <param name="killed">When the consumer was killed, in nanoseconds on the monotonic clock.</param>
    /// <param name="producerLives">A producer that died meanwhile makes the time worthless.</param>
    public void TimeReturn(long killed, Func<bool> producerLives)
    {
        ulong? before = Read()?.Published;
        var deadline = Deadline.After(s_patience);
        using var never = new ManualResetEventSlim();
        while (producerLives() && !deadline.HasPassed)
        {
            if (Read() is (var published, _) && published > before)
            {
                Times.Add(TimeSpan.FromTicks((MonotonicClock.Nanoseconds - killed) / TimeSpan.NanosecondsPerTick));
                return;
            }

            never.Wait(1);
        }

        if (producerLives())
        {
            Times.Add(s_patience);
        }
    }

    private bool IsOnlyObstacle(int processId, ulong published)
    {
        int page = Environment.SystemPageSize;
        bool found = false;
        Span<byte> bytes = stackalloc byte[Lane.HeldOffset + HeldBytes];
        for (int k = 0; k < ProducerRole.Options.MaximumConsumers; k++)
        {
            if (!TryRead(_path + ".lanes", bytes, page * (k + 1)))
            {
                return false;
            }

            Lane lane = MemoryMarshal.Read<Lane>(bytes);
            if (lane.State == (uint)LaneState.Free || lane.Policy != (uint)OverflowKind.Block)
            {
                continue;
            }

            if (lane.ProcessId == (uint)processId)
            {
                found = true;
            }
            else if (lane.Cursor <= published || bytes[Lane.HeldOffset..].ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return found;
    }

    private (ulong Published, bool Waiting)? Read()
    {
        Span<byte> words = stackalloc byte[0x90];
        return TryRead(_path, words, Environment.SystemPageSize)
            ? (BitConverter.ToUInt64(words), BitConverter.ToUInt32(words[0x80..]) != 0)
            : null;
    }

    private static bool TryRead(string path, Span<byte> bytes, long offset)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, bytes, offset) == bytes.Length;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
