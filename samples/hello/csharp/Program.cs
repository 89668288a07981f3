using System.Text;
using Bips;

using var producer = Producer.Create("hello-csharp", new PoolOptions { BufferSize = 64 });
using var consumer = Consumer.Open("hello-csharp");
producer.Pull(out WriteLease buffer);
buffer.Push(Encoding.UTF8.GetBytes("hello from C#", buffer.Span));
consumer.Pull(out ReadLease frame);
Console.WriteLine(Encoding.UTF8.GetString(frame.Span));
frame.Push();
