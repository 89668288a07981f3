namespace Bips.Native;

/// <summary>
/// What an export does with a handle that was found and the other arguments; see <see cref="ICall"/>.
/// </summary>
/// <typeparam name="THandle">The kind of handle that the call takes; others are refused.</typeparam>
internal interface IHandleCall<in THandle>
    where THandle : Handle
{
    /// <returns>A status; an exception stands for its status.</returns>
    int Run(THandle handle);
}
