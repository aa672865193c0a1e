using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary><c>net detect</c> on folders that hold little, nothing, or what nobody would expect there.</summary>
public sealed class DetectCommandTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    public DetectCommandTests() => Directory.CreateDirectory(Season);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Season => _scratch.At("season");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_folder_that_is_none_or_holds_no_media_is_refused_in_one_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(Season, "notes.txt"), "x", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Season, ".hidden.mkv"), "x", Cancellation);
        foreach (var (exit, code, folder) in new[]
        {
            (2, "not_a_directory", _scratch.At("nowhere")),
            (1, "no_media_files", Path.Combine(Season, "notes.txt")),
            (1, "no_media_files", Season),
        })
        {
            var run = await Detect(folder, "--json");
            Assert.Equal((exit, code), (run.Exit, run.Code));
            Assert.EndsWith(".", (await Detect(folder)).Sentence());
        }

        Assert.False(Directory.Exists(_scratch.At("home")));
    }

    [Fact]
    public async Task Without_ffmpeg_it_says_what_to_install()
    {
        await File.WriteAllTextAsync(Path.Combine(Season, "a.mkv"), "x", Cancellation);
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "anarchive.dll"), "net", "detect", Season, "--json"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = _scratch.At("nothing");
        start.Environment["ANARCHIVE_HOME"] = _scratch.At("home");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal((2, "ffmpeg_missing"), (process.ExitCode, new CommandRun(2, said, "").Code));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_a_row_and_the_others_are_detected()
    {
        await MediaPrograms.NeedFfmpeg();
        await Tone(
            "a.mkv", 20, Chapters((0, 6_000, "Opening"), (6_000, 12_000, "Part A"), (12_000, 20_000, "ED")));
        await Tone("b.mp3", 20);
        await File.WriteAllTextAsync(Path.Combine(Season, "c.mkv"), "no film at all", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Season, "d.mkv"), "", Cancellation);
        const string Playlist = "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n";
        await File.WriteAllTextAsync(Path.Combine(Season, "e.mkv"), Playlist, Cancellation);
        var run = await Detect(Season, "--json");
        Assert.Equal(1, run.Exit);
        var rows = Rows(run);
        Assert.Equal(["a.mkv", "b.mp3", "c.mkv", "d.mkv", "e.mkv"], rows.Select(r => (string)r["file"]!));
        Assert.Equal((0, 6_000, "chapter"), Marker(rows[0]["intro"]!));
        Assert.Equal("""{"startMs":12000,"endMs":null,"method":"chapter","conf":100,"support":0}""",
            rows[0]["outro"]!.ToJsonString());
        Assert.Equal("nothing_in_common", (string?)rows[1]["intro"]!["none"]);
        Assert.Equal("too_short", (string?)rows[1]["outro"]!["none"]);
        foreach (var row in rows.Skip(2))
            Assert.Equal(
                ("detection_failed", "media_unreadable"),
                ((string)row["error"]!["code"]!, (string)row["error"]!["cause"]!));
        Assert.Contains("The file cannot be read as media.", (await Detect(Season)).Results);
    }

    [Fact]
    public async Task Names_that_look_like_options_or_addresses_are_names_of_files()
    {
        await MediaPrograms.NeedFfmpeg();
        string[] names =
        [
            "-i.mp3", "-version.mp3", "a:b.mp3", "concat:x|y.mp3", "q'\"$(touch z)`;.mp3", "ünï %03d.mp3", "x\ny.mp3",
        ];
        await Tone("0.mp3", 20);
        foreach (var name in names) File.Copy(Path.Combine(Season, "0.mp3"), Path.Combine(Season, name));
        var run = await Detect(Season, "--json");
        Assert.Equal(0, run.Exit);
        Assert.Equal(names.Append("0.mp3").Order(StringComparer.Ordinal), Rows(run).Select(r => (string)r["file"]!));
        Assert.All(Rows(run), row => Assert.Equal("only_episode", (string?)row["intro"]!["none"]));
        Assert.Equal(names.Length + 1, Directory.GetFiles(Season).Length);
        Assert.DoesNotContain("x\ny.mp3", (await Detect(Season)).Results);
    }

    [Fact]
    public async Task A_film_without_sound_and_one_alone_say_so()
    {
        await MediaPrograms.NeedFfmpeg();
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=s=64x36:r=5:d=20", "-c:v", "mpeg4",
            Path.Combine(Season, "a.mkv"));
        Assert.Equal("no_sound", (string?)Assert.Single(Rows(await Detect(Season, "--json")))["intro"]!["none"]);
        File.Delete(Path.Combine(Season, "a.mkv"));
        await Tone("b.mp3", 30);
        Assert.Equal("only_episode", (string?)Assert.Single(Rows(await Detect(Season, "--json")))["intro"]!["none"]);
    }

    [Fact]
    public async Task A_film_and_a_file_named_alone_are_told_by_their_chapters()
    {
        await MediaPrograms.NeedFfmpeg();
        var chapters = Chapters(
            (0, 6_000, "Previously on"), (6_000, 20_000, "Act 1"), (20_000, 26_000, "Ad 1"), (26_000, 32_000, "Ad 2"),
            (32_000, 60_000, "Act 2"), (60_000, 84_000, "End Credits"), (84_000, 90_000, "Next time"));
        await Tone("The Long Road (2010).mkv", 90, chapters);
        await Tone("Another Road (2011).mkv", 90);
        var rows = Rows(await Detect(Season, "--json"));
        Assert.Equal("film", (string?)rows[0]["outro"]!["none"]);
        Assert.Equal((60_000, 84_000, "chapter"), Marker(rows[1]["outro"]!));
        Assert.Equal(
            [("recap", 0, 0), ("preview", 0, 84_000), ("commercial", 0, 20_000), ("commercial", 1, 26_000)],
            rows[1]["others"]!.AsArray().Select(o => ((string)o!["type"]!, (int)o["n"]!, (int)o["startMs"]!)));
        Assert.Matches("^osh:[0-9a-f]{16}:[0-9]+$", (string?)rows[1]["keys"]![0]);
        var alone = await Detect(Path.Combine(Season, "The Long Road (2010).mkv"));
        Assert.Contains("commercial 0:20.0 – 0:26.0", alone.Results);

        await Tone("Show S01E02.mkv", 30);
        await Tone("tape.mkv", 30);
        foreach (var (name, films, none) in new[]
        {
            ("Show S01E02.mkv", false, "only_episode"), ("Show S01E02.mkv", true, "film"), ("tape.mkv", false, "film"),
        })
        {
            string[] more = films ? ["--films"] : [];
            var run = await Detect([Path.Combine(Season, name), "--json", .. more]);
            Assert.Equal(none, (string?)Assert.Single(Rows(run))["intro"]!["none"]);
        }
    }

    [Fact]
    public async Task Fingerprints_are_kept_where_a_node_lives_or_where_one_is_told()
    {
        await MediaPrograms.NeedFfmpeg();
        await Tone("a.mp3", 20);
        await Detect(Season);
        Assert.False(Directory.Exists(_scratch.At("home")));
        Directory.CreateDirectory(_scratch.At("home"));
        Assert.Equal((20_000, 0), Work(await Detect(Season, "--json")));
        Assert.Equal((0, 1), Work(await Detect(Season, "--json")));
        Assert.Single(Directory.GetFiles(Path.Combine(_scratch.At("home"), "fingerprints")));
        Assert.Equal((20_000, 0), Work(await Detect(Season, "--json", "--cache", _scratch.At("cache"))));
        Assert.Equal((0, 1), Work(await Detect(Season, "--json", "--cache", _scratch.At("cache"))));

        static (long, int) Work(CommandRun run)
        {
            var document = JsonNode.Parse(run.Results)!;
            return ((long)document["soundMs"]! / 100 * 100, (int)document["cached"]!);
        }
    }

    [Fact]
    public async Task Told_to_stop_it_stops_and_says_so()
    {
        await MediaPrograms.NeedFfmpeg();
        await Tone("a.mp3", 20);
        await Tone("b.mp3", 20);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var results = new StringWriter();
        await using var remarks = new StopsWhenWrittenTo(stop);
        var terminal = new Terminal(results, remarks, attended: true);
        string[] command = ["net", "detect", Season, "--json", "--home", _scratch.At("home")];
        Assert.Equal(1, await CommandLine.RunAsync(command, terminal, stop.Token));
        Assert.Equal("stopped", new CommandRun(1, results.ToString(), "").Code);
    }

    private Task<CommandRun> Detect(params string[] more) =>
        CommandRun.Of(_scratch.At("home"), ["net", "detect", .. more]);

    private static JsonNode[] Rows(CommandRun run) => [.. JsonNode.Parse(run.Results)!["episodes"]!.AsArray()!];

    private static (int, int, string) Marker(JsonNode marker) =>
        ((int)marker["startMs"]!, (int)marker["endMs"]!, (string)marker["method"]!);

    private async Task Tone(string name, int seconds, string? metadata = null)
    {
        string[] chapters = [];
        if (metadata is not null)
        {
            await File.WriteAllTextAsync(_scratch.At("chapters"), metadata, Cancellation);
            chapters = ["-i", _scratch.At("chapters"), "-map_metadata", "1"];
        }

        await MediaPrograms.Tone(Path.Combine(Season, name), seconds, [.. chapters, "-c:a", "libmp3lame"]);
    }

    private static string Chapters(params (int Start, int End, string Title)[] chapters) =>
        ";FFMETADATA1\n" + string.Concat(chapters.Select(
            c => $"[CHAPTER]\nTIMEBASE=1/1000\nSTART={c.Start}\nEND={c.End}\ntitle={c.Title}\n"));

    private sealed class StopsWhenWrittenTo(CancellationTokenSource stop) : StringWriter
    {
        public override void Write(string? value) => stop.Cancel();
    }
}
