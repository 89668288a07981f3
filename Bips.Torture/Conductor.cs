using System.Diagnostics;
using System.Globalization;

namespace Bips.Torture;

/// <summary>
/// The run: a producer, two innocent consumers that must miss nothing, and victims of every policy, all but the
/// innocents are killed over and over. Then, with nothing else running, it times how fast a dead consumer's buffers
/// come back.
/// </summary>
internal sealed class Conductor : IDisposable
{
    private const int VictimSlots = 4;
    private readonly string _pool = $"torture-{Environment.ProcessId}";
    private readonly Planner _planner;
    private readonly Slot _producer;
    private readonly List<Slot> _victims = [];
    private readonly Actor[] _innocents;
    private readonly RecoveryTrial _recovery;
    private readonly TimeSpan _duration;

    public Conductor(int seed, TimeSpan duration)
    {
        _planner = new Planner(seed);
        _duration = duration;
        _recovery = new RecoveryTrial($"{_pool}-recovery", duration);
        _producer = new Slot(_pool, _planner, isProducer: true, _planner.NextProducer);
        _innocents =
        [
            new Actor("", 0, urgent: false, "consumer", _pool, "--policy", "block", "--seed", "1"),
            new Actor("", 0, urgent: false, "consumer", _pool, "--policy", "block", "--seed", "2"),
        ];
        for (int i = 0; i < VictimSlots; i++)
        {
            _victims.Add(new Slot(_pool, _planner, isProducer: false, _planner.NextConsumer));
        }
    }

    private IEnumerable<Slot> Slots => _victims.Append(_producer);

    public Report Run()
    {
        var clock = Stopwatch.StartNew();
        using var tick = new ManualResetEventSlim();
        TimeSpan told = TimeSpan.Zero;
        while (clock.Elapsed < _duration && !_innocents.Any(innocent => innocent.HasExited))
        {
            tick.Wait(TimeSpan.FromMilliseconds(2));
            foreach (Slot slot in Slots)
            {
                slot.Attend();
            }

            if (clock.Elapsed - told > TimeSpan.FromSeconds(10))
            {
                told = clock.Elapsed;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{told.TotalSeconds:F0} s: {Slots.Sum(slot => slot.Kills)} kills, fewest at a step " +
                    $"{_planner.Kills.Values.Min()}"));
            }
        }

        return Finish(clock.Elapsed);
    }

    public void Dispose()
    {
        foreach (IDisposable process in Slots.Cast<IDisposable>().Concat(_innocents))
        {
            process.Dispose();
        }

        foreach (string left in Directory.GetFiles("/dev/shm", $"bips.{_pool}*"))
        {
            File.Delete(left);
        }
    }

    /// <summary>Ends everybody in good order, then looks at what is left.</summary>
    private Report Finish(TimeSpan elapsed)
    {
        var report = new Report(elapsed, _planner.Kills, _recovery.Times);
        foreach (Slot slot in _victims)
        {
            slot.KillFromOutside();
            slot.Current.WaitForExit(TimeSpan.FromSeconds(10));
            slot.Ended.Add(slot.Current);
        }

        _producer.KillFromOutside();
        _producer.Current.WaitForExit(TimeSpan.FromSeconds(10));
        _producer.Ended.Add(_producer.Current);
        EndStream(report);
        foreach (Actor innocent in _innocents)
        {
            innocent.WaitForExit(TimeSpan.FromMilliseconds(500));
            if (!innocent.HasExited)
            {
                innocent.EndInput();
            }

            report.Expect(innocent.WaitForExit(TimeSpan.FromSeconds(20)),
                "an innocent consumer did not end when asked to");
        }

        report.Collect(Slots, _innocents);
        _recovery.Run(report);
        report.Expect(Directory.GetFiles("/dev/shm", $"bips.{_pool}*").Length == 0, "objects are left in /dev/shm");
        return report;
    }

    /// <summary>
    /// A last producer takes over, finds every buffer free once the innocents have read all, and ends the stream.
    /// </summary>
    private void EndStream(Report report)
    {
        using Producer last = Producer.Create(_pool, ProducerRole.Options);
        report.CountProducer($"created {(last.IsTakeOver ? "take-over" : "new")} {last.Pool.Id} {last.Published}");
        for (int i = 0; i < 3 * ProducerRole.Options.BufferCount; i++)
        {
            if (last.Pull(out WriteLease lease, TimeSpan.FromSeconds(10)) != PullStatus.Success)
            {
                report.Fault("a buffer never came back");
                break;
            }

            Payload.Fill(lease.Span, 1, last.Published + 1);
            lease.Push(lease.Span.Length);
        }

        report.Expect(last.Consumers().Count <= _innocents.Length, "a dead consumer still has a lane");
        report.CountProducer(string.Create(CultureInfo.InvariantCulture, $"closed {last.Pool.Id} {last.Published}"));
    }
}
