namespace Bips.Native.Abi;

/// <summary>A type that C programs know, under the name that messages to them use.</summary>
internal interface INamed
{
    static abstract string Name { get; }
}
