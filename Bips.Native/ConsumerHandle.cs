namespace Bips.Native;

/// <summary>A consumer that a C program has.</summary>
internal sealed class ConsumerHandle : Handle
{
    public ConsumerHandle(Consumer consumer)
        : base(consumer.Pool)
    {
        Consumer = consumer;
        BufferSize = (ulong)consumer.Pool.BufferSize;
        MetadataSize = (uint)consumer.Pool.MetadataSize;
    }

    public Consumer Consumer { get; }

    public ulong BufferSize { get; }

    public uint MetadataSize { get; }

    /// <summary>Its descriptor for event loops; null until one was asked for.</summary>
    public ReadableEvent? Readable { get; private set; }

    protected override bool IsDetached => Consumer.IsDetached;

    /// <summary>The descriptor that is readable while a pull would come to something.</summary>
    public int Descriptor()
    {
        if (Readable is null)
        {
            var readable = new ReadableEvent(Consumer);
            try
            {
                EventWatch.Add(readable);
            }
            catch
            {
                readable.Dispose();
                throw;
            }

            Readable = readable;
        }

        return Readable.Descriptor;
    }

    protected override void CloseOwn()
    {
        if (Readable is not null)
        {
            EventWatch.Remove(Readable);
            Readable.Dispose();
        }

        Consumer.Dispose();
    }
}
