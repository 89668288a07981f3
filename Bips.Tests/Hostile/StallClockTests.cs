using Bips.Protocol;

namespace Bips.Tests.Hostile;

/// <summary>What counts as a move of a consumer that the producer waits for.</summary>
public sealed class StallClockTests
{
    private const long Limit = 100_000_000;
    private readonly StallClock _clock = new(laneCount: 1, TimeSpan.FromMilliseconds(100));

    [Test]
    public void Way_forward_is_a_move_and_way_back_is_none()
    {
        Assert.That(HasStalled(incarnation: 7, cursor: 5, published: 20, now: 0), Is.False);
        Assert.That(HasStalled(7, 6, 20, Limit - 1), Is.False);
        Assert.That(HasStalled(7, 6, 20, (2 * Limit) - 2), Is.False, "it moved at Limit - 1");
        Assert.That(HasStalled(7, 5, 20, (2 * Limit) - 2), Is.False);
        Assert.That(HasStalled(7, 6, 20, (2 * Limit) - 1), Is.True);
    }

    [Test]
    public void New_incarnation_starts_anew_only_when_frames_were_published_since()
    {
        Assert.That(HasStalled(incarnation: 7, cursor: 5, published: 20, now: 0), Is.False);
        Assert.That(HasStalled(8, 5, 20, Limit), Is.True, "a joiner would begin at frame 20");
        Assert.That(HasStalled(9, 4, 21, Limit), Is.False);
        Assert.That(HasStalled(9, 4, 21, 2 * Limit), Is.True);
    }

    [Test]
    public void Lane_that_the_producer_did_not_wait_for_starts_anew()
    {
        Assert.That(HasStalled(incarnation: 7, cursor: 5, published: 20, now: 0), Is.False);
        _clock.Forget(0);
        Assert.That(HasStalled(7, 5, 20, Limit), Is.False);
    }

    [SetUp]
    public void ForgetTheTestBefore() => _clock.Forget(0);

    private bool HasStalled(ulong incarnation, ulong cursor, ulong published, long now) =>
        _clock.HasStalled(0, incarnation, cursor, published, now, out _);
}
