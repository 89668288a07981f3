using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>A consumer that a C program has.</summary>
internal sealed class ConsumerHandle : Handle, INamed
{
    public ConsumerHandle(Consumer consumer)
        : base(consumer.Pool) =>
        Consumer = consumer;

    static string INamed.Name => "consumer";

    public Consumer Consumer { get; }

    protected override bool IsDetached => Consumer.Pulls.IsDetached;

    protected override void CloseOwn() => Consumer.Dispose();
}
