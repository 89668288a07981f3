using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bips.Cli.Io;

/// <summary>
/// An unbuffered stream over a file descriptor: each read or write is one system call on the caller's span, so frames
/// go directly between a pipe or a file and the shared buffer.
/// </summary>
/// <remarks>
/// The framework's file stream uses positional calls, which leave the offset of a shared descriptor where it was: in
/// <c>(bips receive …; echo end) &gt; file</c> the second program would overwrite what the first wrote. Its console
/// stream hides that the reader of a pipe has gone.
/// </remarks>
internal sealed unsafe class DescriptorStream : Stream
{
    private const int FromStart = 0;
    private const int FromHere = 1;
    private const int FromEnd = 2;

    /// <summary>What an unprivileged process may ask for by default.</summary>
    private const int PipeCapacity = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly string _name;

    public DescriptorStream(SafeFileHandle file, string name, FileAccess access)
    {
        _file = file;
        _name = name;
        CanRead = access != FileAccess.Write;
        CanWrite = access != FileAccess.Read;
        CanSeek = NativeMethods.Seek(file, 0, FromHere) >= 0;
        if (!CanSeek)
        {
            // A larger pipe means fewer switches between its two ends. The call changes nothing if this is not a pipe,
            // or the size is above the user's limit.
            _ = NativeMethods.Control(file, NativeMethods.F_SETPIPE_SZ, PipeCapacity);
        }
    }

    /// <inheritdoc/>
    public override bool CanRead { get; }

    /// <inheritdoc/>
    public override bool CanWrite { get; }

    /// <inheritdoc/>
    public override bool CanSeek { get; }

    /// <inheritdoc/>
    public override long Length => RandomAccess.GetLength(_file);

    /// <inheritdoc/>
    public override long Position
    {
        get => Seek(0, SeekOrigin.Current);
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = NativeMethods.Read(_file, start, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            WaitOrThrow(NativeMethods.POLLIN, "read");
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = NativeMethods.Write(_file, start, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else
            {
                WaitOrThrow(NativeMethods.POLLOUT, "write");
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = NativeMethods.Seek(_file, offset, origin switch
        {
            SeekOrigin.Begin => FromStart,
            SeekOrigin.Current => FromHere,
            _ => FromEnd,
        });
        return position >= 0 ? position : throw Failed(Marshal.GetLastPInvokeError(), "seek in");
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is kept back.
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// After a signal: try again. On a descriptor that somebody made non-blocking: wait. Otherwise: an error.
    /// </summary>
    private void WaitOrThrow(short events, string attempt)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == NativeMethods.EAGAIN)
        {
            var descriptor = new NativeMethods.PollDescriptor
            {
                Descriptor = (int)_file.DangerousGetHandle(),
                Events = events,
            };
            _ = NativeMethods.Poll(&descriptor, 1, milliseconds: -1);
        }
        else if (error != NativeMethods.EINTR)
        {
            throw Failed(error, attempt);
        }
    }

    private ToolException Failed(int error, string attempt) => new(
        error switch
        {
            NativeMethods.EPIPE => ExitCode.OutputClosed,
            NativeMethods.ENOSPC => ExitCode.NoSpace,
            _ => ExitCode.Failure,
        },
        $"Cannot {attempt} {_name}: {Marshal.GetPInvokeErrorMessage(error)}.");
}
