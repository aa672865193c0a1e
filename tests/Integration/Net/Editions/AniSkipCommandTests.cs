using System.Text.Json.Nodes;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary><c>net import aniskip</c>, on small dumps and on the two real ones.</summary>
public sealed class AniSkipCommandTests : IDisposable
{
    private const string First = "skip_times_public-2026-01-26.csv";
    private const string Second = "skip_times_public-2026-07-06.csv";

    private static readonly string[] Early =
    [
        "1,1,Zoro,op,5,60.0,150.0,1420.1,2021-05-03", "1,2,Zoro,op,5,61.0,151.0,1420.1,2021-05-04",
        "1,1,Crunchyroll,op,5,60.2,150.1,1420.1,2021-05-04", "1,3,Zoro,op,5,62.0,152.0,1420.1,2021-05-12",
        "1,1,Zoro,op,5,60.0,150.0,1420.1,2021-05-03", "1,1,Zoro,mixed-op,5,60.0,150.0,1420.1,2021-05-03",
        "0,1,Zoro,op,5,60.0,150.0,1420.1,2021-05-03", "broken",
    ];

    private readonly TemporaryDirectory _scratch = new();

    private string Editions => _scratch.At("editions");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_row_ends_at_one_gate_and_odd_ones_are_named()
    {
        var run = Document(await Run(Dump("a.csv", Early)));
        var dump = run["dumps"]![0]!;
        Assert.Equal(8, (int)dump["rows"]!);
        Assert.Equal(
            """
            {"accepted":4,"malformed":1,"duplicate":1,"mixed_type":1,"bad_episode":0,"short":0,"long":0,"voted_down":0,
            "out_of_schema":1}
            """.ReplaceLineEndings(""), dump["gates"]!.ToJsonString());
        Assert.Equal(
            """{"line":8,"gate":"out_of_schema","fault":"key"}""", dump["refused"]![2]!.ToJsonString());
        Assert.Equal("""{"line":9,"gate":"malformed","fault":"columns"}""", dump["refused"]![3]!.ToJsonString());
        Assert.Equal("""{"autoSkip":0,"button":0,"hidden":3}""", dump["merged"]!.ToJsonString());
        Assert.Null(run["providers"]);
    }

    [Fact]
    public async Task The_first_dump_is_split_by_weeks_and_the_next_one_follows()
    {
        var first = Document(await Run(Dump("a.csv", Early), "--editions", Editions));
        Assert.True((bool)first["changed"]!);
        Assert.Equal(3, (int)first["verified"]!);
        Assert.Equal(
            ["Crunchyroll 1 2021-W18 full 1 1", "Zoro 1 2021-W18 full 2 2", "Zoro 2 2021-W19 delta 3 1"], Made(first));

        // One row went, one came, and a provider vanished.
        var later = Early.Where(r => !r.Contains("Crunchyroll") && !r.StartsWith("1,2", StringComparison.Ordinal))
            .Append("1,4,Zoro,op,5,62.0,152.0,1420.1,2021-05-20");
        var second = Document(await Run(Dump("b.csv", [.. later]), "--editions", Editions));
        Assert.Equal(
            [
                "Crunchyroll 1 2021-W18 full 1 1", "Crunchyroll 2 2021-W20 full 0 0", "Zoro 1 2021-W18 full 2 2",
                "Zoro 2 2021-W19 delta 3 1", "Zoro 3 2021-W20 full 3 3",
            ],
            Made(second));

        // A folder that begins with the later dump comes to the same state.
        var fresh = Document(await Run(_scratch.At("b.csv"), "--editions", _scratch.At("fresh")));
        Assert.Equal(StateOf(second, "Zoro"), StateOf(fresh, "Zoro"));
    }

    [Fact]
    public async Task A_dump_that_is_known_or_older_changes_nothing()
    {
        var a = Dump("a.csv", Early);
        var b = Dump("b.csv", [.. Early, "1,4,Zoro,op,5,62.0,152.0,1420.1,2021-05-20"]);
        Assert.True((bool)Document(await Run(a, b, "--editions", Editions))["changed"]!);
        var before = Files();
        foreach (var again in new[] { new[] { a, b }, [a], [b], [Dump("old.csv", Early[..2])] })
        {
            var run = await Run([.. again, "--editions", Editions]);
            Assert.False((bool)Document(run)["changed"]!);
            Assert.Equal(before, Files());
        }

        var said = await CommandRun.Of(_scratch.At("home"), ["net", "import", "aniskip", a, "--editions", Editions]);
        Assert.Contains("Nothing changed.", said.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        var dump = Dump("a.csv", Early);
        var tried = Document(await Run(dump, "--editions", Editions, "--dry-run"));
        Assert.False(Directory.Exists(Editions));
        Assert.False((bool)tried["written"]!);
        var made = Document(await Run(dump, "--editions", Editions));
        Assert.Equal(Made(made), Made(tried));
        Assert.Equal(StateOf(made, "Zoro"), StateOf(tried, "Zoro"));
    }

    [Fact]
    public async Task Damaged_editions_are_refused_and_stay_as_they_are()
    {
        var dump = Dump("a.csv", Early);
        await Run(dump, "--editions", Editions);
        var file = Directory.EnumerateFiles(Editions, "*.br", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var before = Files();
        await Refused("editions_damaged", Dump("b.csv", Early[..3]), "--editions", Editions);
        File.Delete(file);
        await Refused("editions_damaged", dump, "--editions", Editions);
        await File.WriteAllTextAsync(
            Path.Combine(Editions, "index.json"), "[]", TestContext.Current.CancellationToken);
        await Refused("editions_damaged", dump, "--editions", Editions);
        Assert.Equal(before.Count - 1, Files().Count);
    }

    [Fact]
    public async Task What_is_no_dump_is_refused()
    {
        await File.WriteAllTextAsync(_scratch.At("x"), "hello\n", TestContext.Current.CancellationToken);
        await Refused("not_a_dump", _scratch.At("x"));
        await Refused("no_file", _scratch.At("nowhere"));
        await Refused("usage");
    }

    [Fact]
    public async Task The_real_dumps_make_editions_whose_deltas_and_full_ones_agree()
    {
        var (one, two) = (TestData.Need("aniskip/" + First), TestData.Need("aniskip/" + Second));
        var second = Document(await Run(one, two, "--editions", Editions));
        Assert.Equal([37_905, 71_055], second["dumps"]!.AsArray().Select(d => (int)d!["gates"]!["accepted"]!));
        Assert.Equal([40_494, 74_776], second["dumps"]!.AsArray().Select(d => (int)d!["rows"]!));
        Assert.All(second["dumps"]!.AsArray(), d => Assert.Equal(0, (int)d!["merged"]!["autoSkip"]!));
        Assert.True((bool)second["changed"]!);
        Assert.Equal(
            second["providers"]!.AsArray().Sum(p => p!["editions"]!.AsArray().Count), (int)second["verified"]!);
        Assert.False((bool)Document(await Run(one, two, "--editions", Editions))["changed"]!);

        // Each provider's state after both is that of the second dump alone.
        var dump = new AniSkipDump();
        var rows = File.ReadLines(two).Skip(1).Select(l => dump.Take(l, out _)).OfType<AniSkipRow>()
            .GroupBy(r => r.Provider, StringComparer.Ordinal);
        foreach (var provider in rows)
        {
            var state = EditionRows.Collection(provider.Select(r => r.Marker));
            Assert.Equal(
                EditionState.RootOf(EditionWorld.Lines(state)).ToString(), StateOf(second, provider.Key));
        }
    }

    private static JsonObject Document(CommandRun run)
    {
        Assert.Equal((0, ""), (run.Exit, run.Exit == 0 ? "" : run.Results));
        return (JsonObject)JsonNode.Parse(run.Results)!;
    }

    private static string[] Made(JsonObject document) =>
    [
        .. from provider in document["providers"]!.AsArray()
           from e in provider!["editions"]!.AsArray()
           select $"{provider["provider"]} {e!["seq"]} {e["week"]} {e["kind"]} {e["rows"]} {e["lines"]}",
    ];

    private static string StateOf(JsonObject document, string provider) => (string)document["providers"]!.AsArray()
        .Single(p => (string)p!["provider"]! == provider)!["editions"]!.AsArray()[^1]!["stateRoot"]!;

    private string Dump(string name, string[] rows)
    {
        File.WriteAllLines(_scratch.At(name), [AniSkipDump.Header, .. rows]);
        return _scratch.At(name);
    }

    private List<(string, DateTime)> Files() =>
    [
        .. Directory.EnumerateFiles(Editions, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => (f, File.GetLastWriteTimeUtc(f))),
    ];

    private Task<CommandRun> Run(params string[] more) =>
        CommandRun.Of(_scratch.At("home"), ["net", "import", "aniskip", .. more, "--json"]);

    private async Task Refused(string code, params string[] more) => Assert.Equal(code, (await Run(more)).Code);
}
