using Bips.Signaler.Waiting;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>Every test once with <c>futex_waitv</c> and once as on a kernel that has none.</summary>
[TestFixture(true)]
[TestFixture(false)]
public abstract class WaitvFixture(bool waitv) : PoolFixture
{
    /// <summary>
    /// Longest that a wait may go on after its end: a re-check slice, and what a busy machine adds to it.
    /// </summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected bool HasWaitv => waitv;

    [OneTimeSetUp]
    public void ChooseKernel()
    {
        AppContext.SetSwitch(FutexVector.Switch, !waitv);
        Assert.That(FutexVector.IsAvailable, Is.EqualTo(waitv), "this kernel has no futex_waitv to test with");
    }

    [OneTimeTearDown]
    public void RestoreKernel() => AppContext.SetSwitch(FutexVector.Switch, isEnabled: false);

    /// <summary>The result of a pull that must end soon.</summary>
    protected static async Task<PullResult<T>> Soon<T>(ValueTask<PullResult<T>> pull)
        where T : struct => await pull.AsTask().WaitAsync(Patience).ConfigureAwait(false);

    /// <summary>Threads of this process that wait for others: the one, and those that sleep on a word each.</summary>
    protected static int CountWaitingThreads()
    {
        int count = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                count += File.ReadAllText($"{task}/comm").Trim() is "bips-wait" ? 1 : 0;
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return count;
    }
}
