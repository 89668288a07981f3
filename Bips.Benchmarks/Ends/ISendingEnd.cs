namespace Bips.Benchmarks.Ends;

/// <summary>Sends one line of payload at a time.</summary>
internal interface ISendingEnd
{
    /// <summary>What can be done before there is anything to send.</summary>
    void Prepare();

    /// <summary>Writes the line and hands it over.</summary>
    void Send(ulong value);
}
