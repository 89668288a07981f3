using System.Globalization;
using Bips.Signaler.Waiting;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>In steady state nothing is allocated, in any thread, whether a pull has to wait or not.</summary>
public sealed class AllocationTests : PoolFixture
{
    [Test]
    public void Steady_state_allocates_nothing(
        [Values("ready", "pending", "enumeration", "producer", "typed")] string what, [Values] bool waitv)
    {
        ActorProcess actor = waitv ? StartActor() : StartActor("env", $"{FutexVector.Switch}=1");
        string answer = actor.Do($"measure-allocations name={Name} what={what} rounds=20000");
        Assert.That(answer, Does.StartWith("ok "));

        // A thread that the pool starts meanwhile allocates once; an allocation per round would be 24 bytes or more in
        // each.
        Assert.That(double.Parse(answer["ok ".Length..], CultureInfo.InvariantCulture), Is.LessThan(1));
    }
}
