using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_consumer_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeConsumerOptions : INamed
{
    public uint Size;
    public uint Overflow;
    public uint Depth;
    public uint MaximumHeld;
    public long History;
    public long WaitForPool;
    public long ProducerGrace;
    public uint WaitMode;
    public uint SkipPrefault;
    public byte* Directory;

    static string INamed.Name => "bips_consumer_options";

    /// <summary>The same for the library.</summary>
    /// <exception cref="CallException">A value that the library's types do not have.</exception>
    public readonly ConsumerOptions ToOptions()
    {
        var options = new ConsumerOptions
        {
            Overflow = Checked.Overflow(Overflow, Depth),
            MaximumHeld = Checked.Int(MaximumHeld, "maximum_held"),
            History = History < 0 ? null : Checked.Int((ulong)History, "history"),
            WaitForPool = Timeouts.ToTimeSpan(WaitForPool),
            ProducerGrace = Timeouts.ToTimeSpan(ProducerGrace),
            WaitMode = Checked.WaitMode(WaitMode),
            Prefault = SkipPrefault == 0,
        };
        return Directory == null ? options : options with { Directory = Checked.Text(Directory, "directory") };
    }
}
