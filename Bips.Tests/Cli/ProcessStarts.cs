using System.Diagnostics;

namespace Bips.Tests.Cli;

/// <summary>Runs other programs to their end.</summary>
internal static class ProcessStarts
{
    public static void RunToEnd(this ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, start.FileName);
    }
}
