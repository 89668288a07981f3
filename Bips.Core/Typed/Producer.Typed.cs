using System.Diagnostics.CodeAnalysis;
using Bips.Typed;

namespace Bips;

/// <content>Pools of frames of a struct.</content>
public sealed unsafe partial class Producer
{
    /// <summary>Creates a pool of frames of a struct, or takes over one of the same name, geometry and layout whose producer has died.</summary>
    /// <typeparam name="T">What a frame consists of; see <see cref="Producer{T}"/>.</typeparam>
    /// <param name="name">Name of the pool: letters, digits, '.', '_' and '-'.</param>
    /// <param name="options">
    /// Its sizes, best begun with <see cref="PoolOptions.ForFrames{T}"/>; null for one value per frame. The format is that of the
    /// layout, whatever the options say.
    /// </param>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> means nothing, or something else, in another process.</exception>
    /// <inheritdoc cref="Create(string, PoolOptions)" path="/exception"/>
    public static Producer<T> Create<[DynamicallyAccessedMembers(FrameLayout.Members)] T>(string name, PoolOptions? options = null)
        where T : unmanaged => Producer<T>.Create(name, options);
}
