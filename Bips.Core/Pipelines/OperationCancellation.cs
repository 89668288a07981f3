using System.Diagnostics.CodeAnalysis;

namespace Bips.Pipelines;

/// <summary>
/// Ends the one wait of a reader or writer when any thread asks for it, and keeps the wish for the next operation if
/// there is no wait.
/// </summary>
/// <remarks>Allocates only when a wait is really cancelled: then the source is used up.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer and wait handle has nothing to dispose " +
    "of.")]
internal sealed class OperationCancellation
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _registration;
    private bool _isWaiting;

    /// <summary>Asked for and not yet told to anybody.</summary>
    private bool _isRequested;

    /// <summary>A wait begins; its owner calls <see cref="End"/> whatever happens.</summary>
    /// <param name="cancellation">The caller's own token, which ends the wait too.</param>
    /// <returns>What the wait is to be given.</returns>
    public CancellationToken Begin(CancellationToken cancellation)
    {
        CancellationToken token;
        lock (_lock)
        {
            if (_source.IsCancellationRequested)
            {
                _source = new CancellationTokenSource();
            }

            _isWaiting = true;
            token = _source.Token;
            if (_isRequested)
            {
                _source.Cancel();
            }
        }

        _registration = cancellation.UnsafeRegister(static self => ((OperationCancellation)self!).Interrupt(), this);
        return token;
    }

    /// <summary>The wait is over: later wishes are the next operation's.</summary>
    public void End()
    {
        // Waits for a callback that runs, so that it cannot interrupt the wait after this one.
        _registration.Dispose();
        _registration = default;
        lock (_lock)
        {
            _isWaiting = false;
        }
    }

    /// <summary>Asks for an end of the wait, or of the next operation. Any thread.</summary>
    public void Request()
    {
        lock (_lock)
        {
            _isRequested = true;
            if (_isWaiting)
            {
                _source.Cancel();
            }
        }
    }

    /// <returns>Whether an end was asked for since this was last asked.</returns>
    public bool TryObserve()
    {
        lock (_lock)
        {
            bool isRequested = _isRequested;
            _isRequested = false;
            return isRequested;
        }
    }

    private void Interrupt()
    {
        lock (_lock)
        {
            _source.Cancel();
        }
    }
}
