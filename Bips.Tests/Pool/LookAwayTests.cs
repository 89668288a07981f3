using Bips.Waiting;

namespace Bips.Tests.Pool;

/// <summary>
/// Looking away pays in a stream and not in an exchange of frames one for one: which it is shows from what it brought.
/// </summary>
public sealed class LookAwayTests
{
    private const int Buffers = 64;
    private const int Waits = 10_000;

    private LookAway _lookAway;
    private ulong _taken;

    [SetUp]
    public void Begin()
    {
        _lookAway = new LookAway(Buffers);
        _taken = 0;
    }

    [Test]
    public void Every_wait_looks_away_while_several_frames_come() =>
        Assert.That(LooksAway(Waits, frames: 2), Is.EqualTo(Waits));

    [Test]
    public void Hardly_any_wait_looks_away_while_frames_come_one_by_one() =>
        Assert.That(LooksAway(Waits, frames: 1), Is.InRange(Waits / 512, Waits / 128));

    [Test]
    public void Single_frame_now_and_then_costs_few_waits()
    {
        int looks = 0;
        for (int round = 0; round < Waits / 100; round++)
        {
            looks += LooksAway(99, frames: 3) + LooksAway(1, frames: 1);
        }

        Assert.That(looks, Is.GreaterThan(Waits * 9 / 10));
    }

    [Test]
    public void Stream_that_follows_an_exchange_is_noticed()
    {
        LooksAway(Waits, frames: 1);
        LooksAway(300, frames: 2);
        Assert.That(LooksAway(Waits, frames: 2), Is.EqualTo(Waits));
    }

    [TestCase(2, 1)]
    [TestCase(16, 8)]
    [TestCase(4096, 24)]
    public void Pauses_are_few_where_buffers_are(int buffers, int pauses) =>
        Assert.That(new LookAway(buffers).PausesOfNextWait(0), Is.EqualTo(pauses));

    /// <returns>How many of so many waits looked away.</returns>
    private int LooksAway(int waits, ulong frames)
    {
        int looks = 0;
        for (int wait = 0; wait < waits; wait++)
        {
            looks += _lookAway.PausesOfNextWait(_taken) > 0 ? 1 : 0;
            _taken += frames;
        }

        return looks;
    }
}
