namespace Bips.Benchmarks.Ends;

/// <summary>Sends frames as fast as they are taken.</summary>
internal interface IStreamSource
{
    /// <summary>Waits for a buffer, writes to it and hands it over.</summary>
    /// <param name="touch">How much is written.</param>
    /// <param name="number">Number of the frame, which is what is written.</param>
    void Next(Touch touch, ulong number);
}
