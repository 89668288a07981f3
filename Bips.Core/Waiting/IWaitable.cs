using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>Something that can be waited for, alone or with others: one end of a pool.</summary>
/// <remarks>
/// A wait enters, so that nobody unmaps the word meanwhile, announces itself, looks once more, sleeps on the word for
/// at most a slice, looks again, withdraws and exits. The look that a slice ends with also finds what no wake-up tells,
/// such as a dead peer.
/// </remarks>
internal interface IWaitable
{
    /// <summary>Everybody in this process who waits on the same word.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    WaitQueue Queue { get; }

    /// <summary>
    /// The futex word that changes when there is news; mapped from <see cref="TryEnter"/> to <see cref="Exit"/>.
    /// </summary>
    FutexWord Word { get; }

    /// <summary>Longest time between two looks.</summary>
    /// <param name="isLong">Whether the wait has gone on for longer than <see cref="LongWait"/>.</param>
    TimeSpan Slice(bool isLong);

    /// <summary>From when on a wait is long and should use next to no processor time.</summary>
    static TimeSpan LongWait { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Makes sure that whoever brings news from now on wakes who sleeps on the word; a full fence.</summary>
    /// <returns>The value to sleep on.</returns>
    uint Announce();

    /// <summary>Takes the announcement back.</summary>
    void Withdraw();

    /// <summary>
    /// Whether the wait is over: a pull would come to something but a time-out, or the owner is disposed.
    /// </summary>
    /// <param name="afterSlice">Whether to look for what no wake-up tells, too, which costs system calls.</param>
    bool IsReady(bool afterSlice);

    /// <summary>Keeps others out and the memory mapped, for a wait for several.</summary>
    /// <param name="wake">Called when the owner is disposed meanwhile: the wait is to look and to exit.</param>
    /// <returns>False when the owner is disposed; then there is nothing to exit.</returns>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    bool TryEnter(Action wake);

    /// <summary>Lets others in again.</summary>
    void Exit();
}
