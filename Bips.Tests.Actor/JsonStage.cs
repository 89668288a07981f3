using System.IO.Pipelines;
using System.Text.Json;

namespace Bips.Tests.Actor;

/// <summary>The writing side of an exchange of JSON.</summary>
internal static class JsonStage
{
    /// <summary>Writes documents, a frame each, and ends the stream.</summary>
    /// <returns>"ok" and where each document was written.</returns>
    public static async Task<string> WriteAsync(Producer producer, int count)
    {
        PipeWriter writer = producer.AsPipeWriter();
        var places = new List<string>();
        using var json = new Utf8JsonWriter(writer);
        for (int i = 0; i < count; i++)
        {
            places.Add(MappedPlace.Of(writer.GetSpan()));
            JsonSerializer.Serialize(json, new Reading(i, i / 2f, -i, (byte)i));
            json.Reset();
            await writer.FlushAsync().ConfigureAwait(false);
        }

        await writer.CompleteAsync().ConfigureAwait(false);
        return $"ok {string.Join(' ', places)}";
    }
}
