namespace Bips.Torture;

/// <summary>How the next process of a slot lives and dies.</summary>
/// <param name="Step">Step after which it kills itself; empty: it is killed from outside.</param>
/// <param name="Occurrence">At which occurrence of the step.</param>
/// <param name="Frames">Producer: after how many frames it ends the stream, 0 for never.</param>
/// <param name="Policy">Consumer: its overflow policy.</param>
/// <param name="ReopenAfter">Consumer: after how many frames it attaches anew, 0 for never.</param>
internal sealed record Plan(string Step = "", int Occurrence = 0, int Frames = 0, string Policy = "block",
    int ReopenAfter = 0);
