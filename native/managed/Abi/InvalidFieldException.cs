namespace Bips.Native.Abi;

/// <summary>A field of a C struct has a value that the library's types do not have.</summary>
internal sealed class InvalidFieldException(string message) : Exception(message);
