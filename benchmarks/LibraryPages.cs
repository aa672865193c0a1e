using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>
/// A device's films and shows on pages: whole answers of lists and searches one after the other, over loopback, at
/// rest and while files become items. Baseline: the settings page.
/// </summary>
internal static class LibraryPages
{
    private const int ItemsUsually = 50_000;
    private const int Looks = 300;
    private const int ArrivalsAtOnce = 10;

    private static readonly string[] Words =
    [
        "Amber", "Otter", "North", "Lamp", "Salt", "Wire", "Orchard", "Ferry", "Night", "Harbour", "River", "Tin",
        "Seven", "Oak", "Stone", "Glass", "Paper", "Winter", "Summer", "Field", "Boat", "Train", "House", "Garden",
    ];

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var count = settings.Items ?? ItemsUsually;
        using var scratch = new Scratch();
        await using var app = WebHost.Build(
            new NodeOptions { DataDirectory = scratch.Path("node"), Listen = "http://127.0.0.1:0" }, null);
        var url = await WebHost.StartAsync(app, cancellation);
        try
        {
            settings.Log($"library: {count} items");
            var writer = app.Services.GetRequiredService<LogWriter>();
            var disk = Directory.CreateDirectory(scratch.Path("disk")).FullName;
            var (volume, _) = await app.Services.GetRequiredService<Volumes>().AddAsync(disk, "disk", 0, cancellation);
            await FillAsync(writer, volume!.Id.ToString(), 0, count, cancellation);
            using var http = new HttpClient { BaseAddress = url };
            var first = await TimeAsync(http, "/library", cancellation);
            var rest = await LookAsync(http, count, cancellation);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var arriving = ArriveAsync(writer, volume.Id.ToString(), count, enough.Token);
            var busy = await LookAsync(http, count, cancellation);
            await enough.CancelAsync();
            var arrived = await arriving;
            var bare = new List<double>();
            for (var n = 0; n < Looks; n++) bare.Add(await TimeAsync(http, "/settings", cancellation));
            var document = new JsonObject
            {
                ["name"] = "library",
                ["items"] = count,
                ["firstMs"] = Math.Round(first, 1),
                ["rest"] = Samples.ToJson(rest),
                ["arrived"] = arrived,
                ["arriving"] = Samples.ToJson(busy),
                ["baseline"] = Samples.ToJson(bare),
            };
            return new Report(
                document,
                $"{count} items: lists and searches p95 {rest.At(0.95):F1} ms, while {arrived} files became items "
                    + $"{busy.At(0.95):F1} ms, the first {first:F0} ms; a page without them {bare.At(0.95):F1} ms");
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Pages from all over, every filter, and searches that find much, little and nothing.</summary>
    private static async Task<IReadOnlyList<double>> LookAsync(
        HttpClient http, int count, CancellationToken cancellation)
    {
        string[] filters = ["all", "here", "below", "ungrouped", "elsewhere"];
        var looks = new List<double>();
        for (var n = 0; n < Looks; n++)
            looks.Add(await TimeAsync(
                http,
                (n % 3) switch
                {
                    0 => $"/library?from={(long)n * count / Looks / 10}",
                    1 => $"/library?filter={filters[n % filters.Length]}",
                    _ => $"/library?q={Words[n % Words.Length]}+{Words[n * 7 % Words.Length]}",
                },
                cancellation));
        return looks;
    }

    private static async Task<int> ArriveAsync(
        LogWriter writer, string volume, int from, CancellationToken cancellation)
    {
        for (var arrived = 0; ; arrived += ArrivalsAtOnce)
        {
            try
            {
                await FillAsync(writer, volume, from + arrived, ArrivalsAtOnce, cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
            }
            catch (OperationCanceledException)
            {
                return arrived;
            }
        }
    }

    /// <summary>Rows as a look at watched folders and the hashing after it leave them.</summary>
    private static Task<int> FillAsync(
        LogWriter writer, string volume, int from, int count, CancellationToken cancellation) => writer.OnWriterAsync(
        db =>
        {
            using var insert = db.CreateCommand();
            insert.CommandText =
                """
                INSERT INTO store_files
                    (volume, path, inode, size, modified_ns, settled, misses, rotten, item, due_ms, done)
                VALUES ($volume, $path, $n, 1000, 0, 1, 0, 0, $item, 0, 0)
                """;
            insert.Parameters.AddWithValue("$volume", volume);
            var path = insert.Parameters.Add("$path", SqliteType.Text);
            var number = insert.Parameters.Add("$n", SqliteType.Integer);
            var item = insert.Parameters.Add("$item", SqliteType.Blob);
            for (var n = from; n < from + count; n++)
            {
                (path.Value, number.Value) = (PathOf(n), n);
                item.Value = SHA256.HashData(Encoding.ASCII.GetBytes(n.ToString(CultureInfo.InvariantCulture)));
                insert.ExecuteNonQuery();
            }

            return count;
        },
        cancellation);

    /// <summary>A fifth are films, the rest episodes of shows of four seasons.</summary>
    private static string PathOf(int n)
    {
        var title = $"{Words[n / 52 % Words.Length]} {Words[n / 260 % Words.Length]} {Words[n / 1_300 % Words.Length]}";
        if (n % 5 == 0) return $"films/{title} {n} ({1950 + n % 70}).mkv";
        var (show, season) = ($"{title} {n / 52}", $"S{n % 52 / 13 + 1:00}");
        return $"shows/{show}/{season}/{show.Replace(' ', '.')}.{season}E{n % 13 + 1:00}.mkv";
    }

    /// <summary>Milliseconds until the whole answer was read.</summary>
    private static async Task<double> TimeAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        _ = await http.GetByteArrayAsync(path, cancellation);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
