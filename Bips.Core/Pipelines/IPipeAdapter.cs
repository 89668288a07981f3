namespace Bips.Pipelines;

/// <summary>
/// A reader or writer whose operations may have to wait for a lease. <see cref="PipeOperation{TLease, TResult}"/> waits
/// for it.
/// </summary>
/// <remarks>All of it is called under the lock of the wait, by one thread at a time.</remarks>
/// <typeparam name="TLease">What is waited for.</typeparam>
/// <typeparam name="TResult">What the operation returns.</typeparam>
internal interface IPipeAdapter<TLease, TResult>
    where TLease : struct, IDisposable
{
    /// <inheritdoc cref="Waiting.Pulls{TLease}.BeginPull"/>
    bool BeginPull(
        IThreadPoolWorkItem follower, CancellationToken cancellation, out ValueTask<PullResult<TLease>> pull);

    /// <summary>Takes what a pull came to. Not called once the adapter has completed.</summary>
    /// <returns>Whether the operation can end; else it goes on to wait.</returns>
    /// <exception cref="BipsException">It fails.</exception>
    bool Accept(PullResult<TLease> pulled);

    /// <summary>The result of an operation that ends now.</summary>
    /// <exception cref="InvalidOperationException">The adapter has completed.</exception>
    TResult Result(bool isCanceled);
}
