using Bips.Benchmarks.Ends;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends one line a frame by something else than a pool.</summary>
internal readonly struct AlternativeSendingEnd(IFrameSender sender) : ISendingEnd
{
    public void Prepare()
    {
        // Room for the line is made by sending.
    }

    public void Send(ulong value)
    {
        PayloadWork.WriteLine(sender.Frame(PayloadWork.LineLength), value);
        sender.Send(PayloadWork.LineLength);
    }
}
