using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>
/// Whatever stands in one consumer's lane, and in the doorbells: the producer and the other consumers do not notice.
/// </summary>
public sealed class LaneFuzzTests : PoolFixture
{
    private const int VictimLane = 2;
    private const int FramesPerRound = 300;
    private const int WritesPerBatch = 16;
    private const int BatchesPerIncarnation = 4;

    private static int Goal => Soak.Times(20_000, 1_000_000);

    [TestCase("mad")]
    [TestCase("block")]
    [TestCase("drop-oldest")]
    [TestCase("latest:2")]
    public void Anything_in_a_lane_and_in_the_doorbells_costs_the_others_nothing(string victim)
    {
        Random random = Fuzz.NewRandom();
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8 size=4096 history=1 evict=3000");
        ActorProcess[] innocents = [StartInnocent(), StartInnocent()];
        using var lane = new MadLane(Name, VictimLane);
        ActorProcess? owner = null;
        if (victim is "mad")
        {
            lane.Claim();
        }
        else
        {
            owner = StartActor();
            owner.Say($"endure name={Name} overflow={victim} held=2 time={Soak.Times(3000, 30_000)}");
        }

        long frames = 0;
        Task<string>? ownersAnswer = owner is null ? null : Task.Run(owner.Answer);
        while (lane.Writes < Goal || ownersAnswer is { IsCompleted: false })
        {
            producer.Say($"send count={FramesPerRound} timeout=40000 seed={random.Next()}");
            frames += FramesPerRound;
            WriteUntil(Task.Run(producer.Answer), lane, random, joins: owner is null, frames);
        }

        if (owner is null)
        {
            lane.Abandon();
        }
        else
        {
            Assert.That(ownersAnswer!.Result, Does.StartWith("ok"), "the one whose lane it is does not crash either");
        }

        string evictions = producer.Do("evictions");
        TestContext.Out.WriteLine($"{lane.Writes} writes, {frames} frames, {evictions}");
        Assert.That(evictions, Does.Not.StartWith("ok 0").And.Contain($"lanes={VictimLane} "));
        Assert.That(lane.EvictedBroken, Is.Positive);
        producer.Do("close-producer");
        foreach (ActorProcess innocent in innocents)
        {
            Assert.That(innocent.Answer(), Is.EqualTo(string.Create(
                CultureInfo.InvariantCulture, $"EndOfStream {frames} 0 1 {frames}")));
        }
    }

    private static void WriteUntil(Task<string> answer, MadLane lane, Random random, bool joins, long frames)
    {
        for (int batch = 0; !answer.IsCompleted; batch++)
        {
            if (joins && batch % BatchesPerIncarnation == 0)
            {
                lane.Join((OverflowKind)random.Next(3), lane.Published + 1, (ulong)random.NextInt64() | 1);
            }

            for (int i = 0; i < WritesPerBatch; i++)
            {
                lane.WriteAnything(random);
            }

            Thread.SpinWait(random.Next(2000));
        }

        Assert.That(answer.Result, Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"ok {frames}")));
    }

    private ActorProcess StartInnocent()
    {
        ActorProcess innocent = StartActor();
        Assert.That(innocent.Do($"open name={Name}"), Does.StartWith("ok"));
        innocent.Say("receive timeout=40000");
        return innocent;
    }
}
