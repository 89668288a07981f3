using Bips.Tests.Actor;

// Another process of a test: does what it reads, one command a line, and answers each with one line.
using var stage = new Stage();
Console.WriteLine($"ready {Environment.ProcessId}");
while (Console.ReadLine() is { } line)
{
    Console.WriteLine(stage.Perform(line));
}
