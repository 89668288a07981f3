using System.Text.Json;
using Bips;
using Bips.Tests.Peer;

PeerOptions options = PeerOptions.Parse(args);
switch (options.Role)
{
    case "produce":
        Produce(options);
        break;
    case "consume":
        Consume(options);
        break;
    default:
        ExchangeCost.Measure(options);
        break;
}

static void Say(string name, params (string Name, object Value)[] facts)
{
    var line = new Dictionary<string, object>(StringComparer.Ordinal) { ["event"] = name };
    foreach ((string fact, object value) in facts)
    {
        line[fact] = value;
    }

    Console.WriteLine(JsonSerializer.Serialize(line));
    Console.Out.Flush();
}

static void WaitForEnd() => Console.In.ReadToEnd();

static void Produce(PeerOptions options)
{
    using var producer = Producer.Create(options.Name, new PoolOptions
    {
        BufferSize = options.Size,
        BufferCount = options.Buffers,
        MetadataSize = TestPattern.MetadataSize,
        Format = options.Format,
    });
    while (producer.Consumers().Count < options.Consumers)
    {
        Thread.Yield();
    }

    uint crc = 0;
    for (int i = 0; i < options.Frames; i++)
    {
        producer.Pull(out WriteLease lease);
        int length = TestPattern.Fill(lease.Span, lease.Metadata, producer.Published + 1);
        crc = TestPattern.Crc(crc, lease.Span[..length]);
        lease.Push(length);
    }

    if (options.Pause)
    {
        producer.Pull(out WriteLease half);
        half.Span.Fill(0xEE);
        Say("paused", ("frames", options.Frames), ("crc", crc));
        WaitForEnd();
    }

    Say("done", ("frames", options.Frames), ("crc", crc));
}

static void Consume(PeerOptions options)
{
    using var consumer = Consumer.Open(options.Name, new ConsumerOptions
    {
        Overflow = options.Policy,
        WaitForPool = TimeSpan.FromSeconds(30),
    });
    uint crc = 0;
    int bad = 0;
    ulong last = 0;
    PullStatus status;
    while ((status = consumer.Pull(out ReadLease frame)) == PullStatus.Success)
    {
        bool matches = TestPattern.Matches(frame.Span, frame.Metadata, frame.Sequence) && frame.Sequence > last;
        bad += matches ? 0 : 1;
        crc = TestPattern.Crc(crc, frame.Span);
        last = frame.Sequence;
        if (consumer.Taken == (ulong)options.Hold)
        {
            Say("holding", ("sequence", last));
            WaitForEnd();
        }

        frame.Push();
    }

    Say("done", ("frames", consumer.Taken), ("lost", consumer.Lost), ("last", last), ("bad", bad), ("crc", crc),
        ("format", consumer.Pool.Format), ("ended", Ending(status)));
}

static string Ending(PullStatus status) => status switch
{
    PullStatus.EndOfStream => "end-of-stream",
    PullStatus.ProducerLost => "producer-lost",
    _ => status.ToString(),
};
