using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bips.Cli.Commands;

/// <summary>The kinds of values that options have, each parsed and checked in one place.</summary>
internal static class OptionKinds
{
    /// <summary>Longest time that is meant as a time: 30 years.</summary>
    private const double MaximumSeconds = 1e9;

    public static Argument<string> PoolName() => new("NAME")
    {
        Description = "Name of the pool: letters, digits, '.', '_' and '-'",
    };

    public static Option<int?> Integer(string name, string help, string description, int least, int most) => new(name)
    {
        HelpName = help,
        Description = description,
        CustomParser = result => (int?)ParseInteger(result, least, most),
    };

    public static Option<long?> Count(string name, string help, string description) => new(name)
    {
        HelpName = help,
        Description = description,
        CustomParser = result => ParseInteger(result, 1, long.MaxValue),
    };

    /// <summary>A time in units that the name of the option's value says.</summary>
    public static Option<TimeSpan?> Time(string name, string help, string description, TimeSpan unit) => new(name)
    {
        HelpName = help,
        Description = description,
        CustomParser = result => ParseTime(result, unit),
    };

    /// <summary>
    /// What a rate of "max" is parsed to, because the library takes no null from a parser; see <see cref="RateOf"/>.
    /// </summary>
    private const double Unlimited = double.PositiveInfinity;

    /// <summary>
    /// Frames per second that were asked for; null for as many as possible, or where nothing was said.
    /// </summary>
    public static double? RateOf(ParseResult parsed, Option<double?> option) =>
        parsed.GetValue(option) is { } rate and not Unlimited ? rate : null;

    /// <param name="name">The option.</param>
    /// <param name="help">What its value is called.</param>
    /// <param name="description">For the help.</param>
    /// <param name="isLimited">Whether "max" is no rate here.</param>
    public static Option<double?> Rate(string name, string help, string description, bool isLimited) => new(name)
    {
        HelpName = help,
        Description = description,
        CustomParser = result => ParseRate(result, isLimited),
    };

    public static Option<OverflowPolicy> Overflow(string name, string help, string description) => new(name)
    {
        HelpName = help,
        Description = description,
        CustomParser = ParseOverflow,
    };

    /// <summary>One of a few words.</summary>
    public static Option<TValue?> Choice<TValue>(string name, string description,
        params (string Word, TValue Value)[] choices)
        where TValue : struct
    {
        return new Option<TValue?>(name)
        {
            HelpName = string.Join('|', choices.Select(static choice => choice.Word)),
            Description = description,
            CustomParser = result => ParseChoice(result, choices),
        };
    }

    private static string TextOf(ArgumentResult result) => result.Tokens[0].Value;

    private static long? ParseInteger(ArgumentResult result, long least, long most)
    {
        if (long.TryParse(TextOf(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out long value) &&
            value >= least && value <= most)
        {
            return value;
        }

        Refuse(result, most == long.MaxValue ? $"a whole number of at least {least}"
            : $"a whole number, {least} to {most}");
        return null;
    }

    private static TimeSpan? ParseTime(ArgumentResult result, TimeSpan unit)
    {
        if (double.TryParse(TextOf(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) &&
            value >= 0 && value * unit.TotalSeconds <= MaximumSeconds)
        {
            return unit * value;
        }

        Refuse(result, "a time of at least zero, such as 2.5");
        return null;
    }

    private static double? ParseRate(ArgumentResult result, bool isLimited)
    {
        const double fastest = 1e6;
        if (!isLimited && TextOf(result) is "max")
        {
            return Unlimited;
        }

        if (double.TryParse(TextOf(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) &&
            value > 0 && value <= fastest)
        {
            return value;
        }

        Refuse(result, (isLimited ? "" : "'max' or ") + "frames per second, such as 29.97");
        return null;
    }

    private static OverflowPolicy ParseOverflow(ArgumentResult result)
    {
        if (!OverflowPolicy.TryParse(TextOf(result), CultureInfo.InvariantCulture, out OverflowPolicy policy))
        {
            Refuse(result, $"{OverflowPolicy.Words}, where N is at least 1");
        }

        return policy;
    }

    private static TValue? ParseChoice<TValue>(ArgumentResult result, (string Word, TValue Value)[] choices)
        where TValue : struct
    {
        foreach ((string word, TValue value) in choices)
        {
            if (string.Equals(word, TextOf(result), StringComparison.Ordinal))
            {
                return value;
            }
        }

        Refuse(result, string.Join(" or ", choices.Select(static choice => choice.Word)));
        return null;
    }

    private static void Refuse(ArgumentResult result, string expected) =>
        result.AddError(
            $"'{TextOf(result)}' is no value for {((OptionResult)result.Parent!).Option.Name}: it takes {expected}.");
}
