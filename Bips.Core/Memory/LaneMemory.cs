using Bips.Layout;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>A consumer's view of the lanes object: one lane and the doorbells.</summary>
internal sealed unsafe class LaneMemory : IDisposable
{
    private readonly Mapping _doorbells;
    private readonly Mapping _lane;

    private LaneMemory(SafeFileHandle file, Mapping doorbells, Mapping lane, int number)
    {
        File = file;
        _doorbells = doorbells;
        _lane = lane;
        Number = number;
    }

    /// <summary>The lanes object; closing it gives up the lock on the lane.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Number of the lane.</summary>
    public int Number { get; }

    /// <summary>The words that every consumer may write.</summary>
    public Doorbells* Doorbells => (Doorbells*)_doorbells.Address;

    /// <summary>The lane's words; its held bytes follow them.</summary>
    public Lane* Lane => (Lane*)_lane.Address;

    /// <summary>Maps a lane whose lock the caller has.</summary>
    /// <param name="file">The lanes object, which this takes over; the caller closes it if this throws.</param>
    /// <param name="geometry">The pool's sizes, checked.</param>
    /// <param name="number">The lane.</param>
    /// <param name="path">The file's name, for messages.</param>
    public static LaneMemory Map(SafeFileHandle file, PoolGeometry geometry, int number, string path)
    {
        var doorbells = Mapping.Map(file, 0, geometry.PageSize, writable: true, path);
        try
        {
            long offset = geometry.LaneOffset(number);
            return new(file, doorbells, Mapping.Map(file, offset, geometry.LaneStride, writable: true, path), number);
        }
        catch
        {
            doorbells.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps and, by closing the file, gives up the lock.</summary>
    public void Dispose()
    {
        _lane.Dispose();
        _doorbells.Dispose();
        File.Dispose(); // step: leave_unlock
    }
}
