using System.Runtime.CompilerServices;
using Bips;
using Bips.Samples.NewestFrame;

// Serves the newest frame of a pool over HTTP, on a free port that it prints: newest-frame NAME
// It ends with its standard input.
using var consumer = Consumer.Open(args[0], new ConsumerOptions
{
    Overflow = OverflowPolicy.Latest(1),
    MaximumHeld = 2,
    WaitForPool = TimeSpan.FromSeconds(30),
});
using var window = new FrameWindow(consumer);

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
WebApplication app = builder.Build();
await using ConfiguredAsyncDisposable closing = app.ConfigureAwait(false);
app.MapGet("/frame", window.ServeAsync);
await app.StartAsync().ConfigureAwait(false);
Console.WriteLine(app.Urls.First());
await Console.In.ReadToEndAsync().ConfigureAwait(false);
