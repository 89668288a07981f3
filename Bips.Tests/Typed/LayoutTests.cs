using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Tests.Actor;
using Bips.Typed;

namespace Bips.Tests.Typed;

/// <summary>The layout of a struct is read as it lies in memory, whatever the struct is made of.</summary>
public sealed unsafe class LayoutTests
{
    private enum Colour : byte
    {
        None,
    }

    [Test]
    public void Fields_are_listed_with_their_types_and_offsets()
    {
        Assert.That(Layout<Reading>(), Is.EqualTo("24: Time:i64@0,X:f32@8,Y:f32@12,Quality:u8@16"));
        Assert.That(Layout<Small>(), Is.EqualTo("16: flag:bool8@0,letter:char16@2,colour:u8@4,wide:f64@8"));
        Assert.That(Layout<Packed>(), Is.EqualTo("9: flag:bool8@0,wide:f64@1"));
        Assert.That(Layout<Vector3>(), Is.EqualTo("12: X:f32@0,Y:f32@4,Z:f32@8"));
        Assert.That(Layout<Framework>(), Is.EqualTo(
            "64: money:decimal@0,id:guid@16,large:u128@32,half:f16@48,time:ticks64@56"));
    }

    [Test]
    public void Primitive_is_a_layout_of_one_field()
    {
        Assert.That(Layout<float>(), Is.EqualTo("4: value:f32@0"));
        Assert.That(Layout<Colour>(), Is.EqualTo("1: value:u8@0"));
    }

    [Test]
    public void Nested_structs_unions_inline_arrays_and_fixed_buffers_are_followed()
    {
        Assert.That(Layout<Nested>(), Is.EqualTo(
            "40: id:i32@0,at.Time:i64@8,at.X:f32@16,at.Y:f32@20,at.Quality:u8@24,last:u16@32"));
        Assert.That(Layout<Union>(), Is.EqualTo("16: low:u32@4,whole:u64@4,high:u32@8"));
        Assert.That(
            Layout<Polygon>(), Is.EqualTo("44: count:i32@0,corners[4/8].x:f32@4,corners[4/8].y:f32@8,name[5/1]:u8@36"));
    }

    [Test]
    public void Layout_survives_being_written_into_a_format_and_read_again()
    {
        var layout = FrameLayout.Of<Polygon>();
        Assert.That(FrameLayout.Parse(layout.ToFormat()), Is.EqualTo(layout));
    }

    [TestCase("application/octet-stream")]
    [TestCase("application/x-bips-struct")]
    [TestCase("application/x-bips-struct;size=ten;layout=\"a:u8@0\";type=\"A\"")]
    [TestCase("application/x-bips-struct;layout=\"a:u8@0\";size=1;type=\"A\"")]
    public void Format_of_something_else_is_no_layout(string format) => Assert.That(FrameLayout.Parse(format), Is.Null);

    [Test]
    public void Struct_with_more_fields_than_a_format_holds_has_a_digest_for_a_layout()
    {
        var layout = FrameLayout.Of<Sixfold<Sixfold<Sixfold<long>>>>();
        Assert.That(layout.Fields, Does.StartWith("sha256:"));
        Assert.That(layout.ToFormat(), Has.Length.LessThan(3840));
        Assert.That(layout.Agrees(FrameLayout.Of<Sixfold<Sixfold<Sixfold<ulong>>>>()), Is.False);
    }

    [Test]
    public void Pointers_and_numbers_of_a_pointers_size_are_refused_by_the_name_of_their_field()
    {
        Assert.That(Refused<Pair<int, nint>>(), Does.Contain("'second'").And.Contain("another process"));
        Assert.That(Refused<Pair<nuint, int>>(), Does.Contain("'first'"));
        Assert.That(Refused<WithPointer>(), Does.Contain("'address'"));
        Assert.That(Refused<WithFunction>(), Does.Contain("'function'"));
        Assert.That(Refused<nint>(), Does.Contain("IntPtr"));
    }

    [Test]
    public void Structs_that_the_runtime_lays_out_are_refused()
    {
        Assert.That(Refused<Pair<int, DateTime>>(), Does.Contain("'second'").And.Contain("LayoutKind.Sequential"));
        Assert.That(Refused<(int, long)>(), Does.Contain("ValueTuple"));
    }

    private static string Layout<T>()
        where T : unmanaged
    {
        var layout = FrameLayout.Of<T>();
        return $"{layout.Size}: {layout.Fields}";
    }

    private static string Refused<T>()
        where T : unmanaged => Assert.Throws<NotSupportedException>(() => FrameLayout.Of<T>())!.Message;

#pragma warning disable CS0649, CS0169 // The structs stand for their layout; nobody fills them in.
    private struct Small
    {
        public bool flag;
        public char letter;
        public Colour colour;
        public double wide;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public bool flag;
        public double wide;
    }

    private struct Framework
    {
        public decimal money;
        public Guid id;
        public UInt128 large;
        public Half half;
        public TimeSpan time;
    }

    private struct Nested
    {
        public int id;
        public Reading at;
        public ushort last;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Union
    {
        [FieldOffset(8)]
        public uint high;
        [FieldOffset(4)]
        public uint low;
        [FieldOffset(4)]
        public ulong whole;
    }

    private struct Corner
    {
        public float x;
        public float y;
    }

    [InlineArray(4)]
    private struct Corners
    {
        private Corner _first;
    }

    private struct Polygon
    {
        public int count;
        public Corners corners;
        public fixed byte name[5];
    }

    private struct Pair<TFirst, TSecond>
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        public TFirst first;
        public TSecond second;
    }

    private struct WithPointer
    {
        public int* address;
    }

    private struct WithFunction
    {
        public delegate*<void> function;
    }

    private struct Sixfold<T>
        where T : unmanaged
    {
        public T first;
        public T second;
        public T third;
        public T fourth;
        public T fifth;
        public T sixth;
    }
#pragma warning restore CS0649, CS0169
}
