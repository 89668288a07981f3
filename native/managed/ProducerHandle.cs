using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>A producer that a C program has.</summary>
internal sealed class ProducerHandle : Handle, INamed
{
    /// <summary>Held while the buffers are pinned or unpinned.</summary>
    private readonly Lock _pin = new();

    /// <summary>Whether the stream has ended, since when the buffers are pinned. Written with the lock.</summary>
    private bool _isPinned;

    public ProducerHandle(Producer producer)
        : base(producer.Pool) =>
        Producer = producer;

    static string INamed.Name => "producer";

    public Producer Producer { get; }

    protected override bool IsDetached => Producer.Pulls.IsDetached;

    /// <summary>Whether the stream has ended or the handle was closed: no lease is handed out any more.</summary>
    public bool IsEnded => IsClosed || _isPinned;

    /// <summary>Ends the stream and keeps the buffers mapped until the handle is closed.</summary>
    public void End()
    {
        lock (_pin)
        {
            if (!IsClosed && !_isPinned)
            {
                Producer.Leases.Payload.Pin();
                _isPinned = true;
            }
        }

        Producer.Dispose();
    }

    protected override void CloseOwn()
    {
        try
        {
            Producer.Dispose();
        }
        finally
        {
            Unpin();
        }
    }

    private void Unpin()
    {
        lock (_pin)
        {
            if (_isPinned)
            {
                Producer.Leases.Payload.Unpin();
                _isPinned = false;
            }
        }
    }
}
