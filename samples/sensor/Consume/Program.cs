using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Bips;

// Prints the largest sample of every frame that produce.py publishes: sensor-consume NAME
using var consumer = Consumer.Open(args[0], new ConsumerOptions { WaitForPool = TimeSpan.FromSeconds(10) });
while (consumer.Pull(out ReadLease frame) == PullStatus.Success)
{
    using (frame)
    {
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(frame.Metadata);
        ReadOnlySpan<double> samples = MemoryMarshal.Cast<byte, double>(frame.Span);
        double largest = 0;
        foreach (double sample in samples)
        {
            largest = Math.Max(largest, sample);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"reading {number}: {samples.Length} samples, largest {largest:0.000}"));
    }
}
