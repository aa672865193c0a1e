using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>How many ffmpegs there are, and that none outlives whom it works for.</summary>
public sealed class CodingTests : IDisposable
{
    public const string Name = "killed-player";

    private const string Place = "KILLED_PLAYER_PLACE";

    /// <summary>Long enough that nobody comes to its end while a test looks.</summary>
    private const int Seconds = 240;

    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Two_watch_at_once_and_a_third_is_told_to_wait()
    {
        var time = new HeldTime();
        var (node, item) = await PlayingNode.Start(await Film(), time);
        await using var _ = node;
        time.Hold();
        var both = await Task.WhenAll(node.Segment(item, "a", 0), node.Segment(item, "b", 20));
        Assert.All(both, Assert.NotEmpty);
        Assert.Equal(2, node.Sessions.Coding.Count);
        Assert.Equal((503, "media_busy"), await node.Refused($"{item}", "/hls/c/0.m4s"));
        // The playlist is known without any coding, and whoever watches goes on.
        Assert.NotEmpty(await node.Starts(item, "c"));
        Assert.NotEmpty(await node.Segment(item, "a", 1));
        Assert.Equal(2, node.Sessions.Coding.Count);
    }

    [Fact]
    public async Task Whoever_asks_for_nothing_for_a_while_gives_way_and_goes_on_later()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        var (node, item) = await PlayingNode.Start(await Film(), time);
        await using var _ = node;
        var before = await node.Segment(item, "a", 0);
        await node.Segment(item, "b", 20);
        time.Pass(HlsSessions.GivesWayAfter);
        await node.Segment(item, "b", 21);
        Assert.NotEmpty(await node.Segment(item, "c", 5));
        Assert.InRange(node.Sessions.Coding.Count, 1, HlsSessions.CodingMax);
        Assert.Equal(before, await node.Segment(item, "a", 0));
        time.Pass(HlsSessions.GivesWayAfter);
        Assert.NotEmpty(await node.Segment(item, "a", 30));
        Assert.InRange(node.Sessions.Coding.Count, 1, HlsSessions.CodingMax);
    }

    [Fact]
    public async Task No_more_is_made_than_half_a_minute_ahead()
    {
        var (node, item) = await PlayingNode.Start(await Film());
        await using var _ = node;
        await node.Segment(item, "a", 3);
        await Eventually.True(() => Made(node).Max() >= 3 + 8, "It does not go ahead.");
        var coding = Assert.Single(node.Sessions.Coding);
        Assert.True(RealClients.Runs(coding));
        Assert.Equal(3 + 8, Made(node).Max());
        await node.Segment(item, "a", 8);
        await Eventually.True(() => Made(node).Max() == 8 + 8, "It does not go on.");
        Assert.Equal(coding, Assert.Single(node.Sessions.Coding));
        await node.Segment(item, "a", 40);
        Assert.DoesNotContain(3, Made(node));
    }

    [Fact]
    public async Task A_minute_without_a_question_ends_the_coding_and_clears_the_disk()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        var (node, item) = await PlayingNode.Start(await Film(), time);
        await using var _ = node;
        await node.Segment(item, "a", 0);
        var coding = Assert.Single(node.Sessions.Coding);
        time.Skip(HlsSessions.EndsAfter);
        await Eventually.True(() => !RealClients.Runs(coding), "ffmpeg still runs.");
        await Eventually.True(() => Directory.GetFileSystemEntries(node.Folder).Length == 0, "Segments are kept.");
        Assert.NotEmpty(await node.Segment(item, "a", 2));
    }

    [Fact]
    public async Task A_node_that_stops_leaves_no_ffmpeg_and_no_segment()
    {
        var (node, item) = await PlayingNode.Start(await Film());
        await node.Segment(item, "a", 0);
        await node.Segment(item, "b", 9);
        var (coding, folder) = (node.Sessions.Coding, node.Folder);
        Assert.Equal(2, coding.Count);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder).Length);
        await node.Stop();
        Assert.DoesNotContain(coding, RealClients.Runs);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_node_takes_its_ffmpeg_along_and_the_next_one_clears_up()
    {
        await Film();
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Anarchive.Tests.Integration"), [Program.Watched, Name])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Place] = _scratch.Root;
        using var process = Process.Start(start)!;
        var coding = int.Parse(
            (await process.StandardOutput.ReadLineAsync(Cancellation))!, CultureInfo.InvariantCulture);
        Assert.True(RealClients.Runs(coding));
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        await Eventually.True(() => !RealClients.Runs(coding), "ffmpeg outlives its node.");
        var folder = PlayingNode.FolderIn(_scratch.At("home"));
        Assert.NotEmpty(Directory.GetFileSystemEntries(folder));
        await using var again = await PlayingNode.Start(
            new Dictionary<ItemId, string>(), home: _scratch.At("home"));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_player_that_jumps_about_leaves_one_ffmpeg_and_gets_what_it_asked_for_last()
    {
        var (node, item) = await PlayingNode.Start(await Film());
        await using var _ = node;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => node.Ask($"{item}", $"/hls/a/{n * 7}.m4s")));
        foreach (var (head, body) in answers.Where(a => !a.Head.IsSuccessStatusCode))
            Assert.Equal(
                (409, "media_moved"),
                ((int)head.StatusCode, JsonDocument.Parse(body).RootElement.GetProperty("code").GetString()));
        Assert.Contains(answers, a => a.Head.IsSuccessStatusCode);
        Assert.NotEmpty(await node.Segment(item, "a", 33));
        Assert.Single(node.Sessions.Coding);
    }

    [Fact]
    public async Task A_file_that_is_taken_away_while_it_plays_plays_on()
    {
        var film = await Film();
        var (node, item) = await PlayingNode.Start(film);
        await using var _ = node;
        await node.Segment(item, "a", 0);
        File.Delete(film);
        Assert.NotEmpty(await node.Segment(item, "a", 50));
        Assert.Equal((404, "not_found"), await node.Refused($"{item}", ""));
    }

    /// <summary>The program that is killed: a node at whose film somebody looks.</summary>
    internal static async Task Run()
    {
        var root = Environment.GetEnvironmentVariable(Place)!;
        var (item, film) = (new ItemId(default), Path.Combine(root, "film.avi"));
        var options = new NodeOptions { DataDirectory = Path.Combine(root, "home"), Listen = "http://127.0.0.1:0" };
        await using var app = WebHost.Build(
            options, b => b.Services.AddSingleton<PathOfItem>(_ => asked => asked == item ? film : null));
        var address = await WebHost.StartAsync(app, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = address };
        await http.GetByteArrayAsync(new Uri($"/api/v1/media/{item}/hls/a/0.m4s", UriKind.Relative));
        Console.WriteLine(app.Services.GetRequiredService<HlsSessions>().Coding.Single());
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    private static int[] Made(PlayingNode node) =>
    [
        .. Directory.GetFiles(node.Folder, "*.m4s", SearchOption.AllDirectories)
            .Select(f => int.Parse(Path.GetFileNameWithoutExtension(f), CultureInfo.InvariantCulture))
            .DefaultIfEmpty(-1),
    ];

    private async Task<string> Film()
    {
        await MediaPrograms.NeedFfmpeg();
        return await Films.Make(_scratch.At("film.avi"), Seconds, Films.Old);
    }
}
