using System.Globalization;
using Bips.Cli.Reporting;

namespace Bips.Cli.Demonstration;

/// <summary>Judges what the processes of the demo reported.</summary>
internal static class Verdict
{
    public static IReadOnlyList<ProofReport> Judge(DecodedVideo source, SendReport producer,
        IReadOnlyList<ReceiveReport> consumers, ProofReport? sharedPages) =>
    [
        JudgeContent(source, producer, consumers[0]),
        .. consumers.Select(consumer => JudgeCount(producer, consumer)),
        sharedPages ?? new ProofReport("producer and consumers used the same physical pages", Holds: false,
            "no moment was found at which all of them had the pool mapped"),
    ];

    private static ProofReport JudgeContent(DecodedVideo source, SendReport producer, ReceiveReport lossless) => new(
        "the lossless consumer got what ffmpeg decoded, byte for byte",
        lossless.Frames > 0 && lossless.Bytes == source.Bytes && producer.Bytes == source.Bytes &&
            string.Equals(lossless.Sha256, source.Sha256, StringComparison.Ordinal),
        string.Create(CultureInfo.InvariantCulture,
            $"SHA-256 {source.Sha256} of {source.Bytes} bytes decoded a second time; received {lossless.Sha256} of " +
            $"{lossless.Bytes}"));

    private static ProofReport JudgeCount(SendReport producer, ReceiveReport consumer) => new(
        $"every frame is accounted for by the consumer with {consumer.Overflow}",
        consumer.Frames > 0 && consumer.Frames + consumer.Lost == producer.Frames,
        string.Create(CultureInfo.InvariantCulture,
            $"received {consumer.Frames} + lost {consumer.Lost} = {consumer.Frames + consumer.Lost}, sent " +
            $"{producer.Frames}"));
}
