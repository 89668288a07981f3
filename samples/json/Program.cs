using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Bips;
using Bips.Samples.Json;

// JSON from one process to another, written into shared memory and parsed there:
//
//     json-events write NAME COUNT
//     json-events read NAME
await (args[0] is "write"
    ? WriteAsync(args[1], int.Parse(args[2], CultureInfo.InvariantCulture))
    : ReadAsync(args[1])).ConfigureAwait(false);

static async Task WriteAsync(string name, int count)
{
    var producer = Producer.Create(name, new PoolOptions { BufferSize = 16 << 10, Format = "application/json" });
    using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
    while (producer.Consumers().Count == 0)
    {
        await pause.WaitForNextTickAsync().ConfigureAwait(false);
    }

    PipeWriter writer = producer.AsPipeWriter();
    using var json = new Utf8JsonWriter(writer);
    for (int i = 1; i <= count; i++)
    {
        JsonSerializer.Serialize(json, new Measurement(i, $"station {i % 3}", [i, i / 2.0]));
        json.Reset();
        await writer.FlushAsync().ConfigureAwait(false);
    }

    await writer.CompleteAsync().ConfigureAwait(false);
}

static async Task ReadAsync(string name)
{
    PipeReader reader = Consumer.Open(
        name, new ConsumerOptions { WaitForPool = TimeSpan.FromSeconds(30) }).AsPipeReader();
    while (await reader.ReadAsync().ConfigureAwait(false) is { IsCompleted: false } read)
    {
        var json = new Utf8JsonReader(read.Buffer);
        Measurement measurement = JsonSerializer.Deserialize<Measurement>(ref json)!;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{measurement.Number} at {measurement.Place}: {measurement.Values.Sum():0.0}"));
        reader.AdvanceTo(read.Buffer.End);
    }

    await reader.CompleteAsync().ConfigureAwait(false);
}
