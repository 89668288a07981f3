namespace Bips.Cli.Reporting;

/// <summary>One claim and what was found about it.</summary>
internal sealed record ProofReport(string Claim, bool Holds, string Evidence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Holds ? "PASS" : "FAIL")}  {Claim}\n      {Evidence}";
}
