using Bips.Cli.Statistics;
using Bips.Signaler;

namespace Bips.Tests.Cli;

/// <summary>Frames get their turns by the clock.</summary>
public sealed class FramePacerTests
{
    [Test]
    public void No_turn_comes_early()
    {
        using var pacer = new FramePacer(200, CancellationToken.None);
        long start = MonotonicClock.Nanoseconds;
        for (int turn = 0; turn < 21; turn++)
        {
            pacer.WaitForTurn();
        }

        Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(20 * 5_000_000L));
    }

    [Test]
    public void The_first_turn_is_now()
    {
        using var pacer = new FramePacer(0.0001, CancellationToken.None);
        Assert.That(pacer.WaitForTurn, Throws.Nothing);
    }

    [Test]
    public void Being_late_is_not_made_up_for()
    {
        using var pacer = new FramePacer(100, CancellationToken.None);
        using var sleep = new DeadlineSleep(CancellationToken.None);
        pacer.WaitForTurn();
        sleep.Until(MonotonicClock.Nanoseconds + 100_000_000);
        pacer.WaitForTurn();
        long late = MonotonicClock.Nanoseconds;
        pacer.WaitForTurn();
        pacer.WaitForTurn();
        Assert.That(MonotonicClock.Nanoseconds - late, Is.GreaterThanOrEqualTo(15_000_000));
    }

    [Test]
    public void A_cancellation_ends_a_wait()
    {
        using var source = new CancellationTokenSource();
        using var pacer = new FramePacer(0.001, source.Token);
        pacer.WaitForTurn();
        source.CancelAfter(20);
        Assert.That(pacer.WaitForTurn, Throws.InstanceOf<OperationCanceledException>());
    }
}
