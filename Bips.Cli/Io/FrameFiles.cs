using Microsoft.Win32.SafeHandles;

namespace Bips.Cli.Io;

/// <summary>Opens what the options <c>--input</c> and <c>--output</c> name; <c>-</c> is the standard stream.</summary>
internal static class FrameFiles
{
    public const string Standard = "-";

    /// <summary>What to call an input in a message.</summary>
    public static string InputName(string path) => path is Standard ? "standard input" : $"'{path}'";

    public static DescriptorStream OpenInput(string path)
    {
        if (path is not Standard)
        {
            return new DescriptorStream(Open(path, FileMode.Open, FileAccess.Read), InputName(path), FileAccess.Read);
        }

        if (!Console.IsInputRedirected)
        {
            throw new ToolException(ExitCode.Usage,
                "The input is the terminal. Pipe video into it (ffmpeg -i FILE -f yuv4mpegpipe - | bips send NAME) " +
                "or name a file with --input.");
        }

        return new DescriptorStream(new SafeFileHandle(0, ownsHandle: false), InputName(path), FileAccess.Read);
    }

    public static DescriptorStream OpenOutput(string path)
    {
        if (path is not Standard)
        {
            return new DescriptorStream(Open(path, FileMode.Create, FileAccess.Write), $"'{path}'", FileAccess.Write);
        }

        if (!Console.IsOutputRedirected)
        {
            throw new ToolException(ExitCode.Usage,
                "The output is the terminal, which cannot show frames. Pipe it into a program or name a file with " +
                "--output.");
        }

        return new DescriptorStream(new SafeFileHandle(1, ownsHandle: false), "standard output", FileAccess.Write);
    }

    private static SafeFileHandle Open(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(access == FileAccess.Read ? ExitCode.BadInput : ExitCode.Failure,
                $"There is no '{path}'.", e);
        }
    }
}
