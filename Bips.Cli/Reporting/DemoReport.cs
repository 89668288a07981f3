namespace Bips.Cli.Reporting;

/// <summary>What <c>bips demo</c> found.</summary>
internal sealed record DemoReport : JobReport
{
    /// <summary>Each thing that was to be proven.</summary>
    public IReadOnlyList<ProofReport> Proofs { get; init; } = [];

    public SendReport? Producer { get; init; }

    public IReadOnlyList<ReceiveReport> Consumers { get; init; } = [];

    private string Judgement => Proofs.All(static proof => proof.Holds)
        ? "VERDICT: PASS"
        : "VERDICT: FAIL";

    /// <inheritdoc/>
    public override bool IsEmpty() => Proofs.Count == 0;

    /// <inheritdoc/>
    public override string ToProgressLine() => "";

    /// <inheritdoc/>
    public override string ToSummary() => $"{string.Join('\n', Proofs)}\n{Judgement}";
}
