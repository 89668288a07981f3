using System.Runtime.InteropServices;

namespace Bips.Cli;

/// <summary>Turns the signals that end a program into a cancellation, so that it can clean up first.</summary>
internal sealed class Termination : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _code;

    public Termination()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, ExitCode.Terminated)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Handle(context, ExitCode.HungUp)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of the signal that came first; null when none came.</summary>
    public ExitCode? Code => Interlocked.CompareExchange(ref _code, 0, 0) is var code and not 0 ? (ExitCode)code : null;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _code, (int)code, 0) == 0)
        {
            _source.Cancel();
        }
    }
}
