using System.Diagnostics;
using System.Globalization;

namespace Bips.Torture;

/// <summary>A place in the run that always has a process: when one dies the next is started.</summary>
internal sealed class Slot : IDisposable
{
    /// <summary>How long to wait for a process to reach its step before it is killed anyway.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    private readonly string _pool;
    private readonly Planner _planner;
    private readonly Func<Plan> _next;
    private readonly bool _isProducer;
    private Plan _plan = new();
    private Stopwatch _age = new();
    private TimeSpan _life;
    private bool _wasKilledFromOutside;

    public Slot(string pool, Planner planner, bool isProducer, Func<Plan> next)
    {
        (_pool, _planner, _isProducer, _next) = (pool, planner, isProducer, next);
        Current = Start();
    }

    public Actor Current { get; private set; }

    /// <summary>Processes of this slot that have ended.</summary>
    public List<Actor> Ended { get; } = [];

    public int Kills { get; private set; }

    public int StepKills { get; private set; }

    public List<string> Faults { get; } = [];

    public TimeSpan Age => _age.Elapsed;

    /// <summary>Kills when it is time, and replaces what has ended.</summary>
    public void Attend()
    {
        if (Current.HasExited)
        {
            CountEnd();
            Ended.Add(Current);
            Current = Start();
        }
        else if (_plan.Frames == 0 || _plan.Step.Length > 0)
        {
            KillWhenDue();
        }
    }

    public void KillFromOutside()
    {
        _wasKilledFromOutside = true;
        Current.Kill();
    }

    public void Dispose() => Current.Dispose();

    private void KillWhenDue()
    {
        TimeSpan due = _plan.Step.Length > 0 ? s_patience : _life;
        if (_age.Elapsed > due)
        {
            TimeSpan pause = _planner.RandomPause();
            if (pause > TimeSpan.Zero)
            {
                Current.Pause(pause);
            }

            KillFromOutside();
        }
    }

    private void CountEnd()
    {
        if (Current.WasKilled)
        {
            Kills++;
            if (!_wasKilledFromOutside)
            {
                StepKills++;
                _planner.CountKill(_plan.Step);
            }
        }
        else if (Current.ExitCode != 0)
        {
            Faults.Add($"{(_isProducer ? "producer" : "consumer")} {_plan} ended with exit code {Current.ExitCode}: " +
                string.Join(" | ", Current.Lines().TakeLast(3)));
        }
    }

    private Actor Start()
    {
        _plan = _next();
        _age = Stopwatch.StartNew();
        _life = _planner.RandomLife();
        _wasKilledFromOutside = false;
        string seed = _planner.NextSeed().ToString(CultureInfo.InvariantCulture);
        return _isProducer
            ? new Actor(_plan.Step, _plan.Occurrence, urgent: true, "producer", _pool, "--frames", $"{_plan.Frames}")
            : new Actor(_plan.Step, _plan.Occurrence, urgent: false, "consumer", _pool, "--policy", _plan.Policy,
                "--seed", seed,
                "--reopen-after", $"{_plan.ReopenAfter}");
    }
}
