namespace Bips.Signaler.Waiting;

/// <summary>Which futex word of the machine it is, whatever address a mapping gives it.</summary>
/// <param name="Device">Device of the file that the word lies in.</param>
/// <param name="Inode">The file.</param>
/// <param name="Offset">Where in the file.</param>
internal readonly record struct WordIdentity(ulong Device, ulong Inode, long Offset);
