namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives frames from another process by something else than a pool.</summary>
internal interface IFrameReceiver : IDisposable
{
    /// <summary>Waits for the next frame.</summary>
    /// <returns>Its bytes, until the release.</returns>
    ReadOnlySpan<byte> Receive();

    /// <summary>Gives the frame back.</summary>
    void Release();
}
