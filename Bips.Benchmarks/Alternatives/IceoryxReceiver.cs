using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives through iceoryx and reads frames in place.</summary>
internal sealed unsafe class IceoryxReceiver : IFrameReceiver
{
    private const int BlockPublisher = 0;
    private const int HasData = 0;

    private readonly ulong* _storage = (ulong*)NativeMemory.AllocZeroed(2, sizeof(ulong));
    private readonly nint _subscriber;
    private readonly nint _waitSet;
    private byte* _payload;

    /// <param name="station">Of the trial.</param>
    /// <param name="plan">Its sizes.</param>
    /// <param name="polls">Whether it looks again and again instead of waiting.</param>
    public IceoryxReceiver(Station station, StreamPlan plan, bool polls)
    {
        IceoryxTopic topic = IceoryxTopic.Of(station, plan);
        Iceoryx.Default(out Iceoryx.SubscriberOptions options);
        options.QueueCapacity = (ulong)plan.Buffers;
        options.WhenQueueIsFull = BlockPublisher;
        _subscriber = Iceoryx.CreateSubscriber(_storage, topic.Service, topic.Instance, topic.Name, options);
        while (Iceoryx.StateOf(_subscriber) != Iceoryx.Subscribed)
        {
            Thread.Yield();
        }

        if (!polls)
        {
            _waitSet = Iceoryx.CreateWaitSet(_storage + 1);
            _ = Iceoryx.Attach(_waitSet, _subscriber, HasData, id: 0, callback: 0);
        }
    }

    public ReadOnlySpan<byte> Receive()
    {
        int result;
        while ((result = Iceoryx.Take(_subscriber, out _payload)) != Iceoryx.ReceiveSuccess)
        {
            if (result != Iceoryx.NoChunk)
            {
                throw new InvalidOperationException($"iceoryx delivers nothing: result {result}.");
            }

            if (_waitSet != 0)
            {
                nint notification;
                _ = Iceoryx.Wait(_waitSet, &notification, capacity: 1, out _);
            }
        }

        return new ReadOnlySpan<byte>(_payload, *(int*)Iceoryx.UserHeaderOf(Iceoryx.HeaderOf(_payload)));
    }

    public void Release() => Iceoryx.Release(_subscriber, _payload);

    public void Dispose()
    {
        if (_waitSet != 0)
        {
            Iceoryx.EndWaitSet(_waitSet);
        }

        Iceoryx.EndSubscriber(_subscriber);
        NativeMemory.Free(_storage);
    }
}
