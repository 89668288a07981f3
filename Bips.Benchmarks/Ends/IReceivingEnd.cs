namespace Bips.Benchmarks.Ends;

/// <summary>Receives one line of payload at a time.</summary>
internal interface IReceivingEnd
{
    /// <summary>Waits for the next line and reads all of it.</summary>
    ulong Receive();

    /// <summary>What can be done once the line has been read.</summary>
    void Finish();
}
