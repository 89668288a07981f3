using System.Runtime.InteropServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Publishes through iceoryx and waits for slow subscribers, so that nothing is lost.</summary>
internal sealed unsafe class IceoryxSender : IFrameSender
{
    private const int WaitForSubscribers = 0;

    private readonly ulong* _storage = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
    private readonly nint _publisher;
    private byte* _payload;

    public IceoryxSender(Station station, StreamPlan plan)
    {
        IceoryxTopic topic = IceoryxTopic.Of(station, plan);
        Iceoryx.Default(out Iceoryx.PublisherOptions options);
        options.WhenSubscriberIsSlow = WaitForSubscribers;
        _publisher = Iceoryx.CreatePublisher(_storage, topic.Service, topic.Instance, topic.Name, options);
    }

    public void Connect()
    {
        // Subscribers wait until they are connected.
    }

    public Span<byte> Frame(int length)
    {
        int result;
        while ((result = Iceoryx.Loan(_publisher, out _payload, (uint)length, PayloadWork.LineLength, sizeof(int),
            sizeof(int)))
            != Iceoryx.AllocationSuccess)
        {
            if (result is not (Iceoryx.OutOfChunks or Iceoryx.TooManyChunks))
            {
                throw new InvalidOperationException($"iceoryx lends no chunk of {length} bytes: result {result}.");
            }

            Thread.Yield();
        }

        // The C binding does not tell a subscriber how long a payload is.
        *(int*)Iceoryx.UserHeaderOf(Iceoryx.HeaderOf(_payload)) = length;
        return new Span<byte>(_payload, length);
    }

    public void Send(int length) => Iceoryx.Publish(_publisher, _payload);

    public void Dispose()
    {
        Iceoryx.EndPublisher(_publisher);
        NativeMemory.Free(_storage);
    }
}
