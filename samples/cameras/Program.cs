using System.Globalization;
using Bips.Samples.Cameras;

// Many cameras and one process that watches all of them without a thread for each:
//
//     cameras film NAME FIRST LAST FRAMES    cameras FIRST to LAST, each into a pool of its own
//     cameras watch NAME LAST                reads cameras 1 to LAST until they end
int[] numbers = [.. args.Skip(2).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
await (args[0] switch
{
    "film" => Task.WhenAll(Enumerable.Range(numbers[0], numbers[1] - numbers[0] + 1)
        .Select(camera => Film.ShootAsync($"{args[1]}-{camera}", camera, numbers[2]))),
    _ => Watch.AllAsync(args[1], numbers[0]),
}).ConfigureAwait(false);
