using System.CommandLine;
using Bips.Torture;

// bips-torture run: kills producers and consumers of a pool for a while and checks that nobody else notices.
var pool = new Argument<string>("pool");
var dieAt = new Option<string>("--die-at") { DefaultValueFactory = _ => "", Hidden = true };
var occurrence = new Option<int>("--occurrence") { Hidden = true };
var seed = new Option<int>("--seed")
{
    Description = "Decides every choice of the run.",
    DefaultValueFactory = _ => Environment.TickCount,
};
var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 20 };
var frames = new Option<int>("--frames");
var policy = new Option<string>("--policy") { DefaultValueFactory = _ => "block" };
var holds = new Option<bool>("--holds");
var reopenAfter = new Option<int>("--reopen-after");

var run = new Command("run", "The torture run.") { seed, seconds };
run.SetAction(parsed =>
{
    int chosen = parsed.GetValue(seed);
    Console.WriteLine($"seed {chosen}");
    using var conductor = new Conductor(chosen, TimeSpan.FromSeconds(parsed.GetValue(seconds)));
    return conductor.Run().Print(Console.Out) ? 0 : 1;
});

var producer = new Command("producer", "A process of the run.") { pool, frames, dieAt, occurrence };
producer.SetAction(parsed =>
{
    DeathWish.Make(parsed.GetValue(dieAt)!, parsed.GetValue(occurrence));
    return ProducerRole.Run(parsed.GetValue(pool)!, parsed.GetValue(frames));
});

var consumer = new Command("consumer", "A process of the run.")
{
    pool,
    policy,
    seed,
    holds,
    reopenAfter,
    dieAt,
    occurrence,
};
consumer.SetAction(parsed =>
{
    DeathWish.Make(parsed.GetValue(dieAt)!, parsed.GetValue(occurrence));
    using var role = new ConsumerRole(parsed.GetValue(pool)!, parsed.GetValue(policy)!, parsed.GetValue(seed),
        parsed.GetValue(holds), parsed.GetValue(reopenAfter));
    return role.Run();
});

return new RootCommand("Kills producers and consumers of a pool and checks that nobody else notices.")
{
    run,
    producer,
    consumer,
}
    .Parse(args).Invoke();
