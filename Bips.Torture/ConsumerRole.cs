using System.Globalization;

namespace Bips.Torture;

/// <summary>Reads frames and checks each of them twice, when it is taken and when it is given back.</summary>
internal sealed class ConsumerRole : IDisposable
{
    /// <summary>How many frames it checks before it says so.</summary>
    public const int FramesPerLine = 100;

    private readonly string _name;
    private readonly ConsumerOptions _options;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<StoredReadLease> _held = new();
    private readonly bool _holds;
    private readonly int _reopenAfter;
    private ulong _frames;
    private ulong _first;
    private ulong _last;
    private ulong _digest;
    private ulong _lostBefore;

    /// <param name="name">The pool.</param>
    /// <param name="policy">block, drop-oldest or latest.</param>
    /// <param name="seed">Of its choices.</param>
    /// <param name="holds">
    /// Whether it stops reading once it holds as many frames as it may, and waits to be killed: the kill must free
    /// them.
    /// </param>
    /// <param name="reopenAfter">After how many frames to detach and attach again; 0 for never.</param>
    public ConsumerRole(string name, string policy, int seed, bool holds, int reopenAfter)
    {
        _name = name;
        _random = new Random(seed);
        _holds = holds;
        _reopenAfter = reopenAfter;
        _options = new ConsumerOptions
        {
            Overflow = OverflowPolicy.Parse(policy, CultureInfo.InvariantCulture),
            MaximumHeld = 2,
            WaitForPool = Timeout.InfiniteTimeSpan,
            ProducerGrace = Timeout.InfiniteTimeSpan,
        };
    }

    public int Run()
    {
        _ = Task.Run(StopAtEndOfInput);
        try
        {
            while (true)
            {
                ReadOnePool();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to end.
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Count(IsOfAPool);
        int mappings = File.ReadLines("/proc/self/maps")
            .Count(line => line.Contains("bips.", StringComparison.Ordinal));
        Say($"end {_frames} {descriptors} {mappings}");
        return 0;
    }

    public void Dispose() => _stop.Dispose();

    private static bool IsOfAPool(string descriptor) =>
        new FileInfo(descriptor).LinkTarget?.Contains("bips.", StringComparison.Ordinal) ?? false;

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private void ReadOnePool()
    {
        using Consumer consumer = Attach();
        Say($"joined {consumer.Pool.Id}");
        (_first, _last, _digest, _lostBefore) = (0, 0, 0, 0);
        PullStatus status = PullStatus.Success;
        int read = 0;
        try
        {
            while (status == PullStatus.Success && (_reopenAfter == 0 || read < _reopenAfter))
            {
                status = consumer.Pull(out ReadLease lease, Timeout.InfiniteTimeSpan, _stop.Token);
                if (status == PullStatus.Success)
                {
                    read++;
                    Check(consumer, lease.Store());
                    _held.Enqueue(lease.Store());
                    GiveBack();
                }
            }
        }
        finally
        {
            while (_held.TryDequeue(out StoredReadLease lease))
            {
                CheckAgain(lease);
                lease.Push();
            }
        }

        Say($"left {consumer.Pool.Id} {status} {_first} {_last} {_digest} {consumer.Lost}");
    }

    private Consumer Attach()
    {
        while (true)
        {
            try
            {
                return Consumer.Open(_name, _options, _stop.Token);
            }
            catch (BipsException e) when (e.Error is BipsError.PoolTooSmall or BipsError.TooManyConsumers)
            {
                // Two that join at once may both be refused, and a dead consumer's quota counts until somebody looks:
                // try again.
                _stop.Token.WaitHandle.WaitOne(_random.Next(20));
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private void Check(Consumer consumer, StoredReadLease lease)
    {
        if (!Payload.IsWhole(lease.Span, lease.Sequence, out ulong producer))
        {
            Say($"fault corrupt frame {lease.Sequence}");
        }

        ulong lost = consumer.Lost - _lostBefore;
        if (_last != 0 && lease.Sequence != _last + 1 + lost)
        {
            Say($"fault sequence {lease.Sequence} after {_last} with {lost} lost");
        }

        _lostBefore = consumer.Lost;
        _first = _first == 0 ? lease.Sequence : _first;
        _last = lease.Sequence;
        _digest = Payload.Digest(_digest, producer, lease.Sequence);
        _frames++;
        if (_frames % FramesPerLine == 0)
        {
            Say($"frames {_frames}");
        }
    }

    private void GiveBack()
    {
        if (_holds && _held.Count == _options.MaximumHeld)
        {
            Say($"holding {_held.Count}");
            _stop.Token.WaitHandle.WaitOne();
        }

        if (!_holds && (_held.Count == _options.MaximumHeld || _random.Next(2) == 0))
        {
            StoredReadLease oldest = _held.Dequeue();
            CheckAgain(oldest);
            oldest.Push();
        }
    }

    private static void CheckAgain(StoredReadLease lease)
    {
        if (!Payload.IsWhole(lease.Span, lease.Sequence, out _))
        {
            Say($"fault frame {lease.Sequence} was overwritten while it was held");
        }
    }

    private void StopAtEndOfInput()
    {
        while (Console.ReadLine() is not null)
        {
            // Only the end counts.
        }

        _stop.Cancel();
    }
}
