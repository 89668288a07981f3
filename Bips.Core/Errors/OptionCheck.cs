using System.Globalization;

namespace Bips.Errors;

/// <summary>Checks single options; each message names the option, what was given and what is possible.</summary>
internal static class OptionCheck
{
    /// <exception cref="ArgumentOutOfRangeException">Outside of the two, which are possible.</exception>
    public static void InRange(int value, int least, int most, string option)
    {
        if (value < least || value > most)
        {
            string range = most == int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"at least {least}")
                : string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be {range}.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">More than that, which follows from something else.</exception>
    public static void AtMost(int value, int most, string option, string message)
    {
        if (value > most)
        {
            throw new ArgumentOutOfRangeException(option, value, message);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Negative and not infinite.</exception>
    public static void NotNegative(TimeSpan value, string option)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(option, value, $"{option} must not be negative.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public static void Positive(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be longer than zero.");
        }
    }

    /// <exception cref="ArgumentException">Null or empty.</exception>
    public static void NotEmpty(string? value, string option)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw new ArgumentException($"{option} must not be empty.", option);
        }
    }

    /// <summary>For what only its owner can judge.</summary>
    /// <exception cref="ArgumentException">It does not hold.</exception>
    public static void Holds(bool condition, string option, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message, option);
        }
    }
}
