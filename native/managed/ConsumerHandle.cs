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

    protected override bool IsDetached => Consumer.Pulls.IsDetached;

    protected override void CloseOwn() => Consumer.Dispose();
}
