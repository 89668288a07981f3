using System.Diagnostics.CodeAnalysis;
using Bips.Typed;

namespace Bips;

/// <content>Pools of frames of a struct.</content>
public sealed unsafe partial class Consumer
{
    /// <summary>Attaches to a pool of frames of a struct; one of another layout is refused with what differs.</summary>
    /// <typeparam name="T">What a frame consists of; see <see cref="Consumer{T}"/>.</typeparam>
    /// <inheritdoc cref="Open(string, ConsumerOptions, CancellationToken)"/>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> means nothing, or something else, in another process.</exception>
    public static Consumer<T> Open<[DynamicallyAccessedMembers(FrameLayout.Members)] T>(string name, ConsumerOptions? options = null,
        CancellationToken cancellation = default)
        where T : unmanaged => Consumer<T>.Open(name, options, cancellation);
}
