using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Leases;

/// <summary>
/// Which buffers this process has leases on. A lease is good while its generation is the buffer's: odd while open, even
/// else.
/// </summary>
/// <remarks>
/// One thread opens leases; any thread may end one. Of several that end the same lease one succeeds: it marks the
/// generation, gives the buffer back and then closes the lease. A marked lease is good for nobody else, and still
/// counts as open, so that the memory stays mapped until the buffer has been given back.
/// </remarks>
internal sealed class LeaseTable
{
    /// <summary>Marks the generation of a lease that one thread is ending.</summary>
    private const uint Ending = 0x8000_0000;

    private readonly uint[] _generations;

    /// <summary>Leases opened and, when last looked at, not closed; only the opening thread uses them.</summary>
    private readonly (int Index, uint Generation)[] _open;
    private int _openCount;

    public LeaseTable(int bufferCount, int limit)
    {
        _generations = new uint[bufferCount];
        _open = new (int, uint)[limit];
    }

    public int Limit => _open.Length;

    /// <summary>Whether another lease may be opened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom()
    {
        if (_openCount == _open.Length)
        {
            ForgetClosed();
        }

        return _openCount < _open.Length;
    }

    /// <summary>Opens a lease; there must be room.</summary>
    /// <returns>Its generation.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Open(int index)
    {
        ref uint word = ref _generations[index];
        uint generation = Ordering.LoadAcquire(in word);
        if ((generation & 1) != 0)
        {
            generation = WaitForClose(ref word);
        }

        generation = (generation + 1) & ~Ending;
        _open[_openCount++] = (index, generation);
        Ordering.StoreRelease(ref word, generation);
        return generation;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(int index, uint generation) => Ordering.LoadAcquire(in _generations[index]) == generation;

    /// <summary>Whether a lease on this buffer is open, whichever.</summary>
    public bool IsAnyOpen(int index) => (Ordering.LoadAcquire(in _generations[index]) & 1) != 0;

    /// <summary>Begins to end a lease; <see cref="Close"/> follows when its buffer has been given back.</summary>
    /// <returns>False when it has ended before, or another thread is ending it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnd(int index, uint generation) =>
        Ordering.CompareExchange(ref _generations[index], generation | Ending, generation) == generation;

    /// <summary>Closes a lease; the last thing that is done with it, by whoever began to end it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Close(int index, uint generation) =>
        Ordering.StoreRelease(ref _generations[index], (generation + 1) & ~Ending);

    /// <summary>Whether any lease is open.</summary>
    public bool AnyOpen()
    {
        foreach (ref uint generation in _generations.AsSpan())
        {
            if ((Ordering.LoadAcquire(in generation) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Another thread has given this buffer back, so that it could be published and taken again, but has not yet closed
    /// its lease: that is a few instructions away, however long the thread does not get to run.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.Corrupt"/>: nobody gave it back.</exception>
    private static uint WaitForClose(ref uint word)
    {
        var spinner = new SpinWait();
        uint generation;
        while (((generation = Ordering.LoadAcquire(in word)) & 1) != 0)
        {
            if ((generation & Ending) == 0)
            {
                throw new BipsException(BipsError.Corrupt,
                    "A buffer was handed out again while a lease on it is open: another process wrote into this " +
                    "one's lane. Find out which other programs write into the pool's lanes object, and open it again.");
            }

            spinner.SpinOnce();
        }

        return generation;
    }

    private void ForgetClosed()
    {
        int kept = 0;
        for (int i = 0; i < _openCount; i++)
        {
            if (IsOpen(_open[i].Index, _open[i].Generation))
            {
                _open[kept++] = _open[i];
            }
        }

        _openCount = kept;
    }
}
