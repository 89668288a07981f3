namespace Bips.Layout;

/// <summary>Life of a pool, in <see cref="ProducerState.State"/>.</summary>
internal enum PoolState : uint
{
    /// <summary>
    /// Has a name but no lanes yet. With the producer's lock free: its creator died, the pool may be replaced.
    /// </summary>
    Initialising = 0,

    /// <summary>In use. With the producer's lock free: its producer died, another may take over.</summary>
    Ready = 1,

    /// <summary>The producer ended the stream; nothing will be published any more.</summary>
    Closed = 2,

    /// <summary>A producer with another geometry made a new pool under this name.</summary>
    Replaced = 3,
}
