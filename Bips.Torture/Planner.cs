namespace Bips.Torture;

/// <summary>
/// Chooses how processes die, so that each step of the protocol gets its share. The seed decides everything.
/// </summary>
internal sealed class Planner
{
    /// <summary>Steps that come once in a life: the first occurrence is the only one.</summary>
    private static readonly string[] s_onceInALife = ["create", "takeover", "close", "join", "leave"];

    /// <summary>Steps that come seldom: one of the first few occurrences.</summary>
    private static readonly string[] s_seldom =
    [
        "drop_raise", "announce_waiting", "announce_bell", "sleep_producer", "sleep_over", "reap_lock", "reap_free",
        "reap_unlock", "push_signal", "push_wake", "bell_ring", "bell_wake", "wait_signal", "wait_bell", "wait_sleep",
    ];

    private static readonly string[] s_policies = ["block", "drop-oldest", "latest:2"];
    private readonly Random _random;
    private readonly Dictionary<string, int> _kills;
    private readonly Queue<Plan> _producers = new();

    public Planner(int seed)
    {
        _random = new Random(seed);
        _kills = ProducerSteps.Concat(ConsumerSteps).ToDictionary(step => step, _ => 0, StringComparer.Ordinal);
    }

    public static string[] ProducerSteps { get; } =
    [
        "create_link", "create_link_lanes", "create_ready", "takeover_lock", "takeover_adopt", "takeover_last",
        "takeover_epoch", "takeover_wake", "take_buffer", "push_fields", "push_commit", "push_publish", "push_look",
        "push_signal", "push_wake", "scan_fence", "scan_held", "drop_raise", "announce_waiting", "announce_bell",
        "sleep_producer", "sleep_over", "reap_lock", "reap_free", "reap_unlock", "close_state", "close_wake",
    ];

    public static string[] ConsumerSteps { get; } =
    [
        "join_lock", "join_wipe", "join_place", "join_activate", "join_confirm", "join_bell", "pull_hold", "pull_copy",
        "pull_confirm", "pull_advance", "release_held", "bell_ring", "bell_wake", "wait_signal", "wait_bell",
        "wait_sleep",
        "leave_free",
    ];

    /// <summary>Kills at each step so far.</summary>
    public IReadOnlyDictionary<string, int> Kills => _kills;

    public void CountKill(string step) => _kills[step]++;

    /// <summary>How long a process that is to be killed from outside lives.</summary>
    public TimeSpan RandomLife() => TimeSpan.FromMilliseconds(100 + _random.Next(500));

    public TimeSpan RandomPause() => TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(40) : 0);

    public int NextSeed() => _random.Next();

    public Plan NextProducer()
    {
        if (_producers.TryDequeue(out Plan? planned))
        {
            return planned;
        }

        if (_random.Next(4) == 0)
        {
            return new Plan();
        }

        string step = LeastKilled(ProducerSteps);
        if (step.StartsWith("create_", StringComparison.Ordinal))
        {
            // A pool is created only where there is none: let another producer end its stream first.
            _producers.Enqueue(new Plan(step, 1));
            return new Plan(Frames: 50);
        }

        if (step is "takeover_adopt")
        {
            // A successor has something to adopt only after a death between commit and publication.
            _producers.Enqueue(new Plan(step, 1));
            return new Plan("push_commit", 1 + _random.Next(20));
        }

        int frames = step.StartsWith("close_", StringComparison.Ordinal) ? 50 : 0;
        return new Plan(step, OccurrenceOf(step), frames);
    }

    public Plan NextConsumer()
    {
        string policy = s_policies[_random.Next(s_policies.Length)];
        if (_random.Next(4) == 0)
        {
            return new Plan(Policy: policy, ReopenAfter: 30);
        }

        string step = LeastKilled(ConsumerSteps);
        return new Plan(step, OccurrenceOf(step), Policy: policy, ReopenAfter: 30);
    }

    private static bool Contains(string[] steps, string step) =>
        Array.Exists(steps, known => known.Equals(step, StringComparison.Ordinal));

    private string LeastKilled(string[] steps)
    {
        int fewest = steps.Min(step => _kills[step]);
        string[] candidates = [.. steps.Where(step => _kills[step] == fewest)];
        return candidates[_random.Next(candidates.Length)];
    }

    private int OccurrenceOf(string step)
    {
        if (Array.Exists(s_onceInALife, beginning => step.StartsWith(beginning, StringComparison.Ordinal)))
        {
            return 1;
        }

        return 1 + _random.Next(Contains(s_seldom, step) ? 3 : 40);
    }
}
