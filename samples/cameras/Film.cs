namespace Bips.Samples.Cameras;

/// <summary>A camera that films its own number, at a rate of its own.</summary>
internal static class Film
{
    public const int Width = 160;
    public const int Height = 120;

    public static async Task ShootAsync(string pool, int camera, int frames)
    {
        using var producer = Producer.Create(pool, new PoolOptions
        {
            BufferSize = Width * Height,
            Format = $"video/x-raw,format=GRAY8,width={Width},height={Height}",
        });
        using var shutter = new PeriodicTimer(TimeSpan.FromMilliseconds(2 + (camera % 5)));
        while (producer.Consumers().Count == 0)
        {
            // Nobody watches yet.
            await shutter.WaitForNextTickAsync().ConfigureAwait(false);
        }

        for (int i = 0; i < frames; i++)
        {
            await shutter.WaitForNextTickAsync().ConfigureAwait(false);
            PullResult<StoredWriteLease> pulled = await producer.PullAsync().ConfigureAwait(false);
            pulled.Lease.Span.Fill((byte)camera);
            pulled.Lease.Push(Width * Height);
        }
    }
}
