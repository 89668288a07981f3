using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>The verbs on a pool as a whole, for who has the producer's lock: create and replace.</summary>
internal static unsafe class PoolLifecycle
{
    /// <summary>Whether a producer may take this pool over, or a consumer join it.</summary>
    public static bool IsReady(ControlWords control) => control.State->State == PoolState.Ready;

    /// <summary>The producer's process id in its own PID namespace, for messages.</summary>
    public static uint ProducerId(ControlWords control) => control.State->ProcessId;

    /// <summary>Fills in the words of a new pool that nobody else can see yet.</summary>
    public static void Initialise(ControlWords control) => control.State->EpochStart = 1;

    /// <summary>Lets consumers in: both objects of the pool have their names.</summary>
    public static void MakeReady(ControlWords control)
    {
        control.State->State = PoolState.Ready; // step: create_ready
        CrashPoint.Reached("create_ready");
    }

    /// <summary>Tells the consumers of a dead producer's pool that another pool takes its name.</summary>
    /// <remarks><see cref="WakeConsumers"/> follows, once the name is gone.</remarks>
    public static void MarkReplaced(ControlWords control)
    {
        if (control.State->State != PoolState.Closed)
        {
            control.State->State = PoolState.Replaced;
        }

        control.State->RaiseSignal();
    }

    /// <summary>Wakes who sleeps in a pool that was replaced.</summary>
    public static void WakeConsumers(ControlWords control) => control.State->WakeSleepers();
}
