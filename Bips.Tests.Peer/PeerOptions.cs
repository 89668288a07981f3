using System.Globalization;

namespace Bips.Tests.Peer;

/// <summary>The command line that the peers of every language understand.</summary>
/// <remarks>
/// <code>
/// peer produce NAME [--frames N] [--size BYTES] [--buffers N] [--consumers N] [--format TEXT] [--pause]
/// peer consume NAME [--policy block|drop-oldest|latest:N] [--hold N]
/// peer measure NAME [--size BYTES]
/// </code>
/// <para>A producer waits until so many consumers are attached, publishes its frames and ends the stream; with --pause
/// it says "paused" instead, with one more buffer half written, and waits for its end. A consumer takes frames until
/// there are no more; with --hold it says "holding" when it has taken so many, keeps the last, and waits for its end.
/// "measure": see <see cref="ExchangeCost"/>.</para>
/// <para>Each says what happened in one line of JSON per event. Payload and metadata: see
/// <see cref="TestPattern"/>.</para>
/// </remarks>
internal sealed record PeerOptions
{
    public required string Role { get; init; }

    public required string Name { get; init; }

    public int Frames { get; init; } = 100;

    public int Size { get; init; } = 4096;

    public int Buffers { get; init; } = 8;

    public int Consumers { get; init; } = 1;

    public string Format { get; init; } = "application/octet-stream";

    public OverflowPolicy Policy { get; init; }

    public int Hold { get; init; }

    public bool Pause { get; init; }

    /// <exception cref="ArgumentException">The command line is not one of a peer.</exception>
    public static PeerOptions Parse(string[] arguments)
    {
        if (arguments.Length < 2 || arguments[0] is not ("produce" or "consume" or "measure"))
        {
            throw new ArgumentException("usage: peer produce|consume|measure NAME [options]", nameof(arguments));
        }

        var options = new PeerOptions { Role = arguments[0], Name = arguments[1] };
        for (int i = 2; i < arguments.Length; i++)
        {
            options = arguments[i] is "--pause"
                ? options with { Pause = true }
                : options.With(arguments[i], arguments[++i]);
        }

        return options;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private PeerOptions With(string option, string value) => option switch
    {
        "--frames" => this with { Frames = Number(value) },
        "--size" => this with { Size = Number(value) },
        "--buffers" => this with { Buffers = Number(value) },
        "--consumers" => this with { Consumers = Number(value) },
        "--format" => this with { Format = value },
        "--policy" => this with { Policy = OverflowPolicy.Parse(value, CultureInfo.InvariantCulture) },
        "--hold" => this with { Hold = Number(value) },
        _ => throw new ArgumentException($"'{option}' is not an option", nameof(option)),
    };
}
