namespace Bips.Memory;

/// <summary>Who owns a pool's objects and who may use them.</summary>
/// <param name="Mode">Of the pool object; whoever may read it may also write a lane.</param>
/// <param name="OwnerId">Null for the caller.</param>
/// <param name="GroupId">Null for the caller's.</param>
internal readonly record struct PoolAccess(UnixFileMode Mode, uint? OwnerId, uint? GroupId)
{
    /// <summary>The same for the lanes object.</summary>
    public PoolAccess OfLanes()
    {
        const UnixFileMode readers = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return this with { Mode = Mode | (UnixFileMode)((int)(Mode & readers) >> 1) };
    }
}
