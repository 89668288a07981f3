using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Async;

/// <summary>One of those that a <see cref="WaitSet"/> waits for.</summary>
/// <remarks>
/// The set's thread looks itself, with the gates of all members; only where it cannot sleep on all words at once does the waiting thread look
/// for it while it sleeps.
/// </remarks>
internal sealed unsafe class WaitSetMember : PendingWait
{
    private readonly WaitSet _set;
    private readonly Consumer? _consumer;
    private readonly Producer? _producer;

    /// <summary>When it was last looked for what no wake-up tells; nanoseconds. The set's thread.</summary>
    private long _lastLook;

    public WaitSetMember(WaitSet set, Consumer consumer, object? tag)
        : base(consumer.WaitedWord())
    {
        _set = set;
        _consumer = consumer;
        Event = new WaitSetEvent(consumer, null, tag);
        Deadline = Deadline.Never;
    }

    public WaitSetMember(WaitSet set, Producer producer, object? tag)
        : base(producer.WaitedWord())
    {
        _set = set;
        _producer = producer;
        Event = new WaitSetEvent(null, producer, tag);
        Deadline = Deadline.Never;
    }

    public WaitSetEvent Event { get; }

    public override uint* Address => _consumer is not null ? _consumer.SignalWord : _producer!.BellWord;

    /// <summary>The set itself looks for what no wake-up tells, at the end of its own sleep, and for a producer more often.</summary>
    public override TimeSpan Slice => Consumer.Slice;

    /// <returns>False when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">Another thread uses it.</exception>
    public bool TryEnter() => _consumer is not null ? _consumer.TryEnter(_set) : _producer!.TryEnter(_set);

    public void Exit()
    {
        if (_consumer is not null)
        {
            _consumer.Exit();
        }
        else
        {
            _producer!.Exit();
        }
    }

    /// <summary>Whether a pull without waiting would come to something but a time-out. With the gate.</summary>
    public bool IsReady() => IsReady(afterSlice: false);

    /// <summary>Looks for what no wake-up tells too, unless that was done not long before.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="beforeSleep">
    /// Whether a wait begins, which may go on for a slice without another look; a tenth of one may then have passed without. Else a slice may.
    /// </param>
    public bool IsReady(long now, bool beforeSleep)
    {
        TimeSpan slice = _consumer is not null ? Consumer.Slice : Producer.Slice;
        bool isTime = now - _lastLook >= (beforeSleep ? slice / 10 : slice).Ticks * TimeSpan.NanosecondsPerTick;
        _lastLook = isTime ? now : _lastLook;
        return IsReady(isTime);
    }

    public override uint Announce() => _consumer is not null ? _consumer.Announce() : _producer!.Announce();

    public void Withdraw() => _producer?.Withdraw();

    public override bool Look(bool afterSlice)
    {
        if (!IsReady())
        {
            return false;
        }

        _set.Wake();
        return true;
    }

    public override void GiveUp()
    {
        // The set keeps the time.
    }

    public override void Leave() => Withdraw();

    public override void Complete()
    {
        // The set has been woken.
    }

    private bool IsReady(bool afterSlice) => _consumer is not null
        ? _consumer.IsClosing || _consumer.IsReadable(afterSlice)
        : _producer!.IsClosing || _producer.HasFreeBuffer(afterSlice);
}
