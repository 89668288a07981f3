using System.Globalization;
using System.Net;
using Bips.Tests.Support;

namespace Bips.Tests;

/// <summary>
/// The C# samples do what they say. Those of other languages, and across languages, are run by <c>samples/test.sh</c>.
/// </summary>
public sealed class SampleTests : PoolFixture
{
    [Test]
    public void Twenty_cameras_in_four_processes_are_watched_by_one_without_a_lost_frame()
    {
        SampleProcess watch = Open(new SampleProcess("Cameras", "cameras", "watch", Name, "20"));
        SampleProcess[] films =
            [.. Enumerable.Range(0, 4).Select(i => Open(new SampleProcess("Cameras", "cameras", "film", Name,
            Number((5 * i) + 1), Number((5 * i) + 5), "100")))];
        foreach (SampleProcess film in films)
        {
            Assert.That(film.End(), Is.Empty);
        }

        Assert.That(watch.End(),
            Is.EqualTo(Enumerable.Range(1, 20).Select(camera => $"camera {camera}: 100 frames, 0 lost, 0 strange")));
    }

    [Test]
    public void Json_goes_from_one_process_to_another()
    {
        SampleProcess reader = Open(new SampleProcess("Json", "json-events", "read", Name));
        SampleProcess writer = Open(new SampleProcess("Json", "json-events", "write", Name, "50"));
        Assert.That(writer.End(), Is.Empty);
        IReadOnlyList<string> lines = reader.End();
        Assert.That(lines, Has.Count.EqualTo(50));
        Assert.That(lines[0], Is.EqualTo("1 at station 1: 1.5"));
        Assert.That(lines[49], Is.EqualTo("50 at station 2: 75.0"));
    }

    [Test]
    public async Task Newest_frame_of_a_pool_is_served_over_http()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 100_000, Format = "image/x-test" });
        SampleProcess server = Open(new SampleProcess("NewestFrame", "newest-frame", Name));
        string address = server.ReadLine() ?? throw new InvalidOperationException("the server has ended");
        using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };
        using (HttpResponseMessage early = await client.GetAsync("/frame"))
        {
            Assert.That(early.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        for (int i = 1; i <= 5; i++)
        {
            Send(producer, length: 100_000, count: 3);
            await Expect(client, sequence: 3 * i);
            await Expect(client, sequence: 3 * i);
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Expect(client, sequence: 15)));
        producer.Dispose();
        await Expect(client, sequence: 15);
        Assert.That(server.End(), Is.Empty);
    }

    private static async Task Expect(HttpClient client, int sequence)
    {
        using HttpResponseMessage response = await client.GetAsync("/frame").ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("image/x-test"));
        Assert.That(response.Headers.ETag!.Tag, Is.EqualTo($"\"{sequence}\""));
        Assert.That(body, Has.Length.EqualTo(100_000));
        Assert.That(Actor.FramePattern.Matches(body, (ulong)sequence), Is.True);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
