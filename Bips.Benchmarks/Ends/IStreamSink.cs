namespace Bips.Benchmarks.Ends;

/// <summary>Receives frames as fast as they come.</summary>
internal interface IStreamSink
{
    /// <summary>Waits for a frame, reads it and gives it back.</summary>
    /// <returns>False at the end of the stream.</returns>
    bool Next(Touch touch);
}
