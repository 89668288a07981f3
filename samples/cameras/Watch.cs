namespace Bips.Samples.Cameras;

/// <summary>One loop per camera and no thread: whoever has a frame is served by the thread pool.</summary>
internal static class Watch
{
    public static async Task AllAsync(string name, int cameras)
    {
        string[] reports = await Task.WhenAll(
            Enumerable.Range(1, cameras).Select(camera => OneAsync($"{name}-{camera}", camera)))
            .ConfigureAwait(false);
        foreach (string report in reports)
        {
            Console.WriteLine(report);
        }
    }

    private static async Task<string> OneAsync(string pool, int camera)
    {
        // Waiting for a pool to be made blocks; waiting for its frames does not.
        using Consumer consumer = await Task.Factory.StartNew(
            () => Consumer.Open(pool, new ConsumerOptions { WaitForPool = TimeSpan.FromSeconds(30) }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        int frames = 0;
        int strange = 0;
        await foreach (StoredReadLease frame in consumer.ReadAllAsync().ConfigureAwait(false))
        {
            using (frame)
            {
                frames++;
                strange += frame.Memory.Span.ContainsAnyExcept((byte)camera) ? 1 : 0;
            }
        }

        return $"camera {camera}: {frames} frames, {consumer.Lost} lost, {strange} strange";
    }
}
