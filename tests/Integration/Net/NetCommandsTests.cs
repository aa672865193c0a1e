using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary><c>net observe</c> and <c>net explain</c>, asked of a running node about a file that ffmpeg made.</summary>
public sealed class NetCommandsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _media = new();
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Episode => _media.At("open/Episode 1.mkv");

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        await File.WriteAllTextAsync(new Home(_node.Home).UrlFile, _node.Address.ToString(), Cancellation);
        foreach (var folder in new[] { "open/sensitive", "closed" }) Directory.CreateDirectory(_media.At(folder));
        foreach (var (folder, isSensitive) in new[] { ("open", false), ("open/sensitive", true) })
            Assert.Null((await _node.Get<ItemScopes>().SetAsync(_media.At(folder), isSensitive, Cancellation)).Problem);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task What_a_person_says_of_a_file_is_noted_and_holds_here()
    {
        await Film(Episode);
        var run = await Observe(Episode, "--type", "intro", "--start", "0:07.9", "--end", "18.25");
        Assert.Equal((0, ""), (run.Exit, run.Remarks));
        Assert.Contains("intro: 0:07.9 – 0:18.3, skipped by itself (score 1000, 1 source).", run.Results);

        var key = (await MediaFile.OshKeyAsync(Episode, Cancellation))!;
        var record = Assert.Single(_node.Get<PartRecords>().Of(key));
        var marker = Assert.IsType<MarkerObserved>(record.Observed);
        Assert.True(record is { IsOwn: true, IsWaiting: true });
        var facts = await MediaProbe.AskAsync(Episode, Cancellation);
        Assert.Equal((7_900, 18_300, facts.DurationMs), (marker.StartMs, marker.EndMs, marker.DurationMs));
        Assert.Equal((Method.Manual, 100, null), (marker.Method, marker.Conf, marker.Absent));

        // By its key from then on; and the newest word counts.
        var gone = JsonNode.Parse((await Observe(key, "--type", "intro", "--absent", "--json")).Results)!;
        Assert.Equal("hidden", (string?)gone["merged"]!["level"]);
        Assert.True((bool?)gone["observation"]!["absent"]);
        var ends = await Observe(key, "--type", "outro", "--start", "0:20", "--end", "end");
        Assert.Contains("outro: 0:20.0 – " + ClockTime.Show(facts.DurationMs), ends.Results);
        Assert.Contains("commercial 2:", (await Observe(
            key, "--type", "commercial", "--n", "2", "--start", "0", "--end", "0:06")).Results);
    }

    [Fact]
    public async Task Of_files_that_are_sensitive_or_in_no_open_folder_nothing_is_noted()
    {
        string[] files = [_media.At("closed/a.mkv"), _media.At("open/sensitive/b.mkv")];
        foreach (var file in files)
        {
            await Film(file);
            var run = await Observe(file, "--type", "intro", "--absent", "--json");
            Assert.Equal((1, "net_private"), (run.Exit, run.Code));
            var key = (await MediaFile.OshKeyAsync(file, Cancellation))!;
            Assert.Empty(_node.Get<PartRecords>().Of(key));
            Assert.Empty(_node.Get<ItemScopes>().Items(key));
            Assert.Equal("net_private", (await Observe(key, "--type", "intro", "--absent", "--json")).Code);
        }

        // A link out of an open folder leads where it leads.
        File.CreateSymbolicLink(_media.At("open/link.mkv"), files[0]);
        var linked = await Observe(_media.At("open/link.mkv"), "--type", "intro", "--absent", "--json");
        Assert.Equal("net_private", linked.Code);
    }

    [Fact]
    public async Task Wrong_input_is_refused_in_one_sentence_and_changes_nothing()
    {
        await Film(Episode);
        await File.WriteAllTextAsync(_media.At("open/short.mkv"), "x", Cancellation);
        await File.WriteAllBytesAsync(_media.At("open/no-film.mkv"), new byte[200_000], Cancellation);
        foreach (var (exit, code, line) in new[]
        {
            (2, "usage", "open/Episode 1.mkv"),
            (2, "usage", "open/Episode 1.mkv|--type|jingle|--absent"),
            (2, "usage", "open/Episode 1.mkv|--type|intro"),
            (2, "usage", "open/Episode 1.mkv|--type|intro|--start|0:01"),
            (2, "usage", "open/Episode 1.mkv|--type|intro|--absent|--start|0:01"),
            (2, "bad_time", "open/Episode 1.mkv|--type|intro|--start|1:99|--end|2:00"),
            (2, "bad_time", "open/Episode 1.mkv|--type|intro|--start|0:20|--end|0:10"),
            (1, "bad_time", "open/Episode 1.mkv|--type|intro|--start|0:20|--end|10:00"),
            (1, "net_schema", "open/Episode 1.mkv|--type|intro|--start|0:20|--end|0:21"),
            (1, "net_schema", "open/Episode 1.mkv|--type|intro|--n|3|--start|0:02|--end|0:21"),
            (2, "no_file", "open/nowhere.mkv|--type|intro|--absent"),
            (2, "no_file", "open|--type|intro|--absent"),
            (1, "no_key", "open/short.mkv|--type|intro|--absent"),
            (1, "media_unreadable", "open/no-film.mkv|--type|intro|--absent"),
        })
        {
            var words = line.Split('|');
            var run = await Observe([_media.At(words[0]), .. words[1..], "--json"]);
            Assert.Equal((line, exit, code), (line, run.Exit, run.Code));
        }

        Assert.Empty(_node.Get<ObservationQueue>().Waiting());
        Assert.EndsWith(".", (await Observe(Episode, "--type", "intro", "--start", "x", "--end", "y")).Sentence());
    }

    [Fact]
    public async Task Explain_tells_what_fleets_say_of_the_quality()
    {
        await _node.See();
        var run = await CommandRun.Of(_node.Home, "net", "explain", NetSamples.Key);
        Assert.Equal("Nothing is known of this key here.\n", run.Results);
        var quality = new QualityObserved(
            "quality", 1, [NetSamples.Key], Method.Probe, "test", 100, 490_000, SourceKind.Web, [Defect.WrongContent],
            new ProbedFile(
                Container.Mkv, VideoCodec.Hevc, DynamicRange.None, 1920, 1080, 10, 23_976, 4_500, [],
                [new AudioTrack(AudioCodec.Aac, 2, "en")]),
            80);
        Assert.Null((await _node.Get<PartActs>().ObserveAsync([quality], isOpen: true, Cancellation)).Problem);
        run = await CommandRun.Of(_node.Home, "net", "explain", NetSamples.Key);
        Assert.Equal(0, run.Exit);
        string[] lines =
        [
            "Quality: 1920 × 1080, hevc in mkv, 10 bits, no HDR, 23.976 frames/s, 4500 kbit/s, aac of 2 channels "
                + "(read so by 1 of 1 fleet).",
            "Defects: none that two fleets name.",
            "Grade: none; 1 fleet gave one, and it takes three.",
        ];
        Assert.Equal(lines, run.Results.Split('\n').Take(3));
        using var http = new HttpClient { BaseAddress = _node.Address };
        http.DefaultRequestHeaders.Authorization = new(
            "Bearer", (await File.ReadAllTextAsync(new Home(_node.Home).TokenFile, Cancellation)).Trim());
        var page = await http.GetStringAsync("/net/key?key=" + Uri.EscapeDataString(NetSamples.Key), Cancellation);
        Assert.Contains("1 of 1 fleet read it so.", page);
        Assert.Contains("No grade: it takes three fleets, and 1 gave one.", page);
    }

    [Fact]
    public async Task What_is_said_twice_within_the_hour_waits_once()
    {
        await _node.See();
        var (said, other) = (NetSamples.Intro(1_000, 31_000), NetSamples.Intro(2_000, 31_000));
        foreach (var one in new[] { said, other, said })
            Assert.Null((await _node.Get<PartActs>().ObserveAsync([one], isOpen: true, Cancellation)).Problem);
        Assert.Equal(2, _node.Get<ObservationQueue>().Waiting()["intro-markers"]);
        Assert.Equal(2, await _node.Get<ObservationQueue>().FlushAsync(null, Cancellation));
    }

    private Task<CommandRun> Observe(params string[] more) =>
        CommandRun.Of(_node.Home, ["net", "observe", .. more]);

    /// <summary>Half a minute, and more than the 128 KiB that a key needs; no two have the same.</summary>
    private async Task Film(string path)
    {
        await MediaPrograms.NeedFfmpeg();
        var pitch = 300 + path.Length;
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i",
            string.Create(CultureInfo.InvariantCulture, $"sine=f={pitch}:d=30"), "-c:a", "pcm_s16le", path);
    }
}
