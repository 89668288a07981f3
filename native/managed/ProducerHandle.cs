using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>A producer that a C program has.</summary>
internal sealed class ProducerHandle : Handle, INamed
{
    private int _pinned;

    public ProducerHandle(Producer producer)
        : base(producer.Pool) =>
        Producer = producer;

    static string INamed.Name => "producer";

    public Producer Producer { get; }

    protected override bool IsDetached => Producer.Pulls.IsDetached;

    /// <summary>Ends the stream and keeps the buffers mapped until the handle is closed.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _pinned, 1) == 0)
        {
            Producer.Leases.Payload.Pin();
        }

        Producer.Dispose();
    }

    protected override void CloseOwn()
    {
        Producer.Dispose();
        if (Interlocked.Exchange(ref _pinned, 0) == 1)
        {
            Producer.Leases.Payload.Unpin();
        }
    }
}
