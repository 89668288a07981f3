namespace Bips.Native;

/// <summary>
/// What an export does with its arguments, behind <see cref="Guard"/>. Calls are structs, so that the compiler makes a
/// guard for each of them and calls it directly.
/// </summary>
internal interface ICall
{
    /// <param name="handle">The export's first argument; 0 where the call makes a handle instead of taking one.</param>
    /// <returns>A status; an exception stands for its status.</returns>
    int Run(nint handle);
}
