using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Stations;

/// <summary>What all processes of a stream have to agree on.</summary>
/// <param name="FrameSize">Bytes of each frame.</param>
/// <param name="Buffers">Number of buffers.</param>
/// <param name="Sinks">Number of consumers.</param>
/// <param name="Touch">What is done with payload.</param>
internal sealed record StreamPlan(int FrameSize, int Buffers, int Sinks, Touch Touch)
{
    /// <summary>Bytes before the plain buffers: rings or counters.</summary>
    public const int HeaderLength = 64 * 1024;

    /// <summary>Plain memory that a trial with raw sections needs.</summary>
    public long MemoryLength => HeaderLength + PlainBuffers.Length(Buffers, FrameSize);

    public static StreamPlan From(Words words) =>
        new(words.Number("size"), words.Number("buffers"), words.Number("sinks"), words.Choice<Touch>("touch"));

    public string ToWords() => $"size={FrameSize} buffers={Buffers} sinks={Sinks} touch={Touch}";
}
