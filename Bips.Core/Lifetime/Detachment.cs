using Bips.Signaler;

namespace Bips.Lifetime;

/// <summary>
/// When a producer or consumer lets go of its memory: once it is disposed, no call is inside, and no lease is open.
/// Whichever comes last does it, once.
/// </summary>
/// <param name="gate">The owner's gate.</param>
/// <param name="isLeased">Whether a lease keeps the memory.</param>
/// <param name="detach">Lets go of it.</param>
internal sealed class Detachment(UseGate gate, Func<bool> isLeased, Action detach)
{
    private readonly Lock _lock = new();

    /// <summary>Whether the owner was disposed and every call has left.</summary>
    private bool _isQuiet;
    private bool _isDone;

    /// <summary>Whether the memory has been let go of.</summary>
    public bool IsDone
    {
        get
        {
            lock (_lock)
            {
                return _isDone;
            }
        }
    }

    /// <summary>Closes the gate and waits until nobody is inside. Nothing happens in a forked child.</summary>
    /// <param name="wake">Ends a wait that goes on inside.</param>
    /// <param name="farewell">What to do then, with the memory still there.</param>
    public void Begin(Action wake, Action farewell)
    {
        if (ForkGuard.IsForkedChild || !gate.Close())
        {
            return;
        }

        var spinner = new SpinWait();
        while (gate.IsInUse)
        {
            wake();
            spinner.SpinOnce();
        }

        lock (_lock)
        {
            try
            {
                farewell();
            }
            finally
            {
                // Whatever the farewell could not do, the memory and the locks are let go of.
                _isQuiet = true;
                FinishIfUnused();
            }
        }
    }

    /// <summary>To be called after a lease was closed behind a closed gate.</summary>
    public void LeaseClosed()
    {
        lock (_lock)
        {
            FinishIfUnused();
        }
    }

    private void FinishIfUnused()
    {
        if (_isQuiet && !_isDone && !isLeased())
        {
            _isDone = true;
            detach();
        }
    }
}
