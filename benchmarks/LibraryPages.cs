using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;
using Microsoft.Data.Sqlite;

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

    public static readonly TimeSpan ArrivalsEvery = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Words =
    [
        "Amber", "Otter", "North", "Lamp", "Salt", "Wire", "Orchard", "Ferry", "Night", "Harbour", "River", "Tin",
        "Seven", "Oak", "Stone", "Glass", "Paper", "Winter", "Summer", "Field", "Boat", "Train", "House", "Garden",
    ];

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var count = settings.Items ?? ItemsUsually;
        await using var node = await PageNode.StartAsync(cancellation);
        settings.Log($"library: {count} items");
        var arrive = await FillAsync(node, count, cancellation);
        var first = await node.TimeAsync("/library", cancellation);
        var rest = await LookAsync(node, count, cancellation);
        var (busy, times) = await PageNode.WhileAsync(
            arrive, ArrivalsEvery, () => LookAsync(node, count, cancellation), cancellation);
        var bare = await node.BareAsync(Looks, cancellation);
        var arrived = times * ArrivalsAtOnce;
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

    /// <summary>A disk with so many films and shows; what makes ten more of its files items.</summary>
    public static async Task<Func<int, CancellationToken, Task>> FillAsync(
        PageNode node, int count, CancellationToken cancellation)
    {
        var writer = node.Get<LogWriter>();
        var (volume, _) = await node.Get<Volumes>().AddAsync(node.Folder("disk"), "disk", 0, cancellation);
        var id = volume!.Id.ToString();
        await FillAsync(writer, id, 0, count, cancellation);
        return (times, ended) => FillAsync(writer, id, count + times * ArrivalsAtOnce, ArrivalsAtOnce, ended);
    }

    /// <summary>Pages from all over, every filter, and searches that find much, little and nothing.</summary>
    public static Task<List<double>> LookAsync(PageNode node, int count, CancellationToken cancellation)
    {
        string[] filters = ["all", "here", "below", "ungrouped", "elsewhere"];
        return node.TimeAsync(
            Looks,
            n => (n % 3) switch
            {
                0 => $"/library?from={(long)n * count / Looks / 10}",
                1 => $"/library?filter={filters[n % filters.Length]}",
                _ => $"/library?q={Words[n % Words.Length]}+{Words[n * 7 % Words.Length]}",
            },
            cancellation);
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
                item.Value = CustodyPages.ItemOf(n).Value.ToArray();
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
}
