using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Bips.Errors;
using Bips.Layout;
using Bips.Memory;
using Bips.Protocol;
using Bips.Signaler;
using Bips.Typed;

namespace Bips;

/// <summary>What a producer asks of its pool. Everything but the size of a buffer has a default.</summary>
public sealed record PoolOptions
{
    /// <summary>Largest payload in bytes, 1 to 2,147,483,647.</summary>
    public required int BufferSize { get; init; }

    /// <summary>Number of buffers, 2 to 4096; see the sizing rule in <c>docs/tuning.md</c>.</summary>
    public int BufferCount { get; init; } = 8;

    /// <summary>Number of newest frames that a consumer which joins late gets at once.</summary>
    public int History { get; init; } = 1;

    /// <summary>How many consumers may be attached at once, 1 to 64.</summary>
    public int MaximumConsumers { get; init; } = 16;

    /// <summary>How many buffers the producer may hold at once.</summary>
    public int WriteLeases { get; init; } = 1;

    /// <summary>Bytes of user metadata that go with each frame, 0 to 256.</summary>
    public int MetadataSize { get; init; }

    /// <summary>
    /// What the frames are, as a media type with parameters, for example <c>video/x-raw,format=I420,width=640,…</c>; up
    /// to 3840 bytes of UTF-8. Consumers read it, so they need to know nothing but the name.
    /// </summary>
    public string Format { get; init; } = "application/octet-stream";

    /// <summary>How <see cref="Producer.Pull(out WriteLease)"/> waits.</summary>
    public WaitMode WaitMode { get; init; }

    /// <summary>
    /// Time after which a blocking consumer that lives but does not move is evicted while the producer waits for it;
    /// null (the default) for never.
    /// </summary>
    public TimeSpan? EvictStalledAfter { get; init; }

    /// <summary>
    /// Called from the producer's pull when a consumer is evicted; while an asynchronous pull is pending, from the
    /// thread pool. It must not call the producer, nor throw where it is called from the thread pool.
    /// </summary>
    public Action<LaneEviction>? OnEviction { get; init; }

    /// <summary>
    /// Who may read frames; whoever may read the pool may also attach. Read and write for owner, read for group by
    /// default.
    /// </summary>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>
    /// Numeric id of the objects' owner; null for the caller. Names: <see cref="AccountNames.UserId"/>.
    /// </summary>
    public uint? OwnerId { get; init; }

    /// <summary>
    /// Numeric id of the objects' group; null for the caller's. Names: <see cref="AccountNames.GroupId"/>.
    /// </summary>
    public uint? GroupId { get; init; }

    /// <summary>Backs the buffers with huge pages; an error where the kernel cannot (Linux 6.1 or later can).</summary>
    public bool HugePages { get; init; }

    /// <summary>
    /// Locks the pool into memory, so that it is never swapped out; an error where <c>RLIMIT_MEMLOCK</c> forbids it.
    /// </summary>
    public bool LockMemory { get; init; }

    /// <summary>
    /// Directory of the pool's objects: a tmpfs. By default the environment variable <c>BIPS_DIRECTORY</c>, else
    /// <c>/dev/shm</c>.
    /// </summary>
    public string Directory { get; init; } = PoolPlace.DefaultDirectory;

    /// <summary>
    /// Options of a pool for <see cref="Producer{T}"/>: size of a buffer and format follow from the struct.
    /// </summary>
    /// <typeparam name="T">What a frame consists of.</typeparam>
    /// <param name="capacity">Most values in one frame, at least 1.</param>
    /// <exception cref="NotSupportedException">
    /// <typeparamref name="T"/> means nothing, or something else, in another process.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Less than 1, or more than a buffer of 2,147,483,647 bytes holds.
    /// </exception>
    public static PoolOptions ForFrames<[DynamicallyAccessedMembers(FrameLayout.Members)] T>(int capacity = 1)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, int.MaxValue / Unsafe.SizeOf<T>());
        return new PoolOptions { BufferSize = capacity * Unsafe.SizeOf<T>(), Format = FrameLayout.Of<T>().ToFormat() };
    }

    /// <summary>The sizes of the pool that is asked for.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="BipsException"><see cref="BipsError.PoolTooSmall"/>: the sizing rule does not hold.</exception>
    internal PoolGeometry ToGeometry()
    {
        const int most = RingEntry.MaximumBuffers;
        OptionCheck.InRange(BufferSize, 1, int.MaxValue, nameof(BufferSize));
        OptionCheck.InRange(BufferCount, 2, most, nameof(BufferCount));
        OptionCheck.InRange(History, 0, most, nameof(History));
        OptionCheck.InRange(MaximumConsumers, 1, PoolGeometry.MaximumLanes, nameof(MaximumConsumers));
        OptionCheck.InRange(WriteLeases, 1, most, nameof(WriteLeases));
        OptionCheck.InRange(MetadataSize, 0, PoolGeometry.MaximumMetadata, nameof(MetadataSize));
        OptionCheck.NotEmpty(Format, nameof(Format));
        int formatLength = Encoding.UTF8.GetByteCount(Format);
        OptionCheck.Holds(formatLength <= PoolHeader.MaximumFormatLength, nameof(Format),
            $"The format has {formatLength} bytes of UTF-8; at most {PoolHeader.MaximumFormatLength} fit.");
        OptionCheck.Positive(EvictStalledAfter ?? TimeSpan.MaxValue, nameof(EvictStalledAfter));
        var geometry = new PoolGeometry
        {
            BufferCount = BufferCount,
            BufferSize = BufferSize,
            History = History,
            LaneCount = MaximumConsumers,
            WriteLeases = WriteLeases,
            MetadataSize = MetadataSize,
            PageSize = Environment.SystemPageSize,
            EvictsStalled = EvictStalledAfter is not null,
            Format = Format,
        };
        SizingRule.CheckPool(geometry);
        return geometry;
    }

    /// <summary>What the memory of the pool is to be made of.</summary>
    internal PoolBacking ToBacking() => new(new PoolAccess(Mode, OwnerId, GroupId), HugePages, LockMemory);
}
