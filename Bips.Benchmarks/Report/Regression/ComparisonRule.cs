using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report.Regression;

/// <summary>
/// When a figure counts as changed: the repetitions of one run all lie on one side of those of the other, and the
/// medians differ by more than a tolerance.
/// </summary>
/// <remarks>
/// That is the rank-sum test of Mann and Whitney (1947) at its most extreme outcome, so it assumes nothing about how
/// times are distributed. If nothing changed, two runs of n and m repetitions separate in a given direction with the
/// probability 1 / C(n + m, n): one in 252 for five and five, one in 20 for three and three. The tolerance covers what
/// repetitions of one run share: where memory lay, how code was compiled.
/// </remarks>
/// <param name="RepetitionsBefore">Of the older run.</param>
/// <param name="RepetitionsNow">Of the newer run.</param>
/// <param name="Tolerance">Share by which the medians of unchanged code may differ, for example 0.05.</param>
internal sealed record ComparisonRule(int RepetitionsBefore, int RepetitionsNow, double Tolerance)
{
    public const double DefaultTolerance = 0.05;

    private const double LargestChance = 0.05;

    /// <summary>Probability that an unchanged figure looks worse.</summary>
    public double Chance
    {
        get
        {
            double ways = 1;
            for (int i = 1; i <= RepetitionsBefore; i++)
            {
                ways = ways * (RepetitionsNow + i) / i;
            }

            return 1 / ways;
        }
    }

    /// <summary>Whether there are repetitions enough to tell a change from chance.</summary>
    public bool CanTell => Chance <= LargestChance * (1 + 1e-9);

    /// <param name="before">Of the older run.</param>
    /// <param name="now">Of the newer run.</param>
    /// <param name="isLessBetter">Whether the smaller one is the better one.</param>
    public Verdict Judge(Spread before, Spread now, bool isLessBetter)
    {
        bool isMore = now.Low > before.High;
        bool isLess = now.High < before.Low;
        if ((!isMore && !isLess) || Math.Abs(now.Median - before.Median) <= Tolerance * Math.Abs(before.Median))
        {
            return Verdict.Same;
        }

        return isLess == isLessBetter ? Verdict.Better : Verdict.Worse;
    }
}
