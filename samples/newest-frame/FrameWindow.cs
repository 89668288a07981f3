namespace Bips.Samples.NewestFrame;

/// <summary>
/// The newest frame of a pool, for one request after the other. It is held until there is a newer one.
/// </summary>
internal sealed class FrameWindow(Consumer consumer) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private StoredReadLease _newest;
    private bool _hasFrame;

    /// <summary>Sends the newest frame straight from shared memory; 503 while there never was one.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        await _turn.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        try
        {
            // Waits only for the very first frame.
            TimeSpan patience = _hasFrame ? TimeSpan.Zero : TimeSpan.FromSeconds(1);
            PullResult<StoredReadLease> pulled = await consumer.PullAsync(
                patience, http.RequestAborted).ConfigureAwait(false);
            if (pulled.IsSuccess)
            {
                _newest.Dispose();
                _newest = pulled.Lease;
                _hasFrame = true;
            }

            http.Response.Headers["X-Bips-Status"] = pulled.Status.ToString();
            http.Response.StatusCode = _hasFrame ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            if (_hasFrame)
            {
                http.Response.ContentType = consumer.Pool.Format;
                http.Response.ContentLength = _newest.Length;
                http.Response.Headers.ETag = $"\"{_newest.Sequence}\"";
                await http.Response.BodyWriter.WriteAsync(_newest.Memory, http.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _newest.Dispose();
        _turn.Dispose();
    }
}
