using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>One of those that a <see cref="WaitForSeveral"/> waits for.</summary>
/// <remarks>
/// The thread that waits for several looks itself, with the gates of all members. Only where it cannot sleep on all
/// words at once does the waiting thread look for it while it sleeps.
/// </remarks>
internal sealed class WaitSetMember : Waiter
{
    private readonly Action _wake;

    /// <summary>
    /// When it was last looked for what no wake-up tells; nanoseconds. The thread that waits for several.
    /// </summary>
    private long _lastLook;

    /// <param name="waitable">What is waited for.</param>
    /// <param name="wake">Has the wait for several look again.</param>
    public WaitSetMember(IWaitable waitable, Action wake)
        : base(waitable.Queue)
    {
        Waitable = waitable;
        _wake = wake;
        Deadline = Deadline.Never;
    }

    /// <summary>What is waited for.</summary>
    public IWaitable Waitable { get; }

    /// <inheritdoc/>
    public override FutexWord Word => Waitable.Word;

    /// <summary>The wait for several looks itself for what no wake-up tells, at the end of its own sleep.</summary>
    public override TimeSpan Slice => Waitable.Slice(isLong: true);

    /// <inheritdoc cref="IWaitable.TryEnter"/>
    public bool TryEnter() => Waitable.TryEnter(_wake);

    /// <inheritdoc cref="IWaitable.IsReady"/>
    public bool IsReady() => Waitable.IsReady(afterSlice: false);

    /// <summary>Looks for what no wake-up tells too, unless that was done not long before.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="beforeSleep">
    /// Whether a wait begins, which may go on for a slice without another look. Then a tenth of a slice may have passed
    /// without a look, else a whole one.
    /// </param>
    public bool IsReady(long now, bool beforeSleep)
    {
        TimeSpan slice = Waitable.Slice(isLong: false);
        bool isTime = now - _lastLook >= (beforeSleep ? slice / 10 : slice).Ticks * TimeSpan.NanosecondsPerTick;
        _lastLook = isTime ? now : _lastLook;
        return Waitable.IsReady(isTime);
    }

    /// <inheritdoc/>
    public override uint Announce() => Waitable.Announce();

    /// <inheritdoc/>
    public override bool Look(bool afterSlice)
    {
        if (!IsReady())
        {
            return false;
        }

        _wake();
        return true;
    }

    /// <inheritdoc/>
    public override void GiveUp()
    {
        // The wait for several keeps the time.
    }

    /// <inheritdoc/>
    public override void Leave() => Waitable.Withdraw();

    /// <inheritdoc/>
    public override void Complete()
    {
        // The wait for several has been woken.
    }
}
