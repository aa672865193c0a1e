using System.Globalization;
using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A detects a season; its friend B, who has the same files, merges that with its own and skips the intro; B's friend C
/// gets nothing of A's. Names and paths carry words that must turn up nowhere else, in no log, figure or refusal.
/// </summary>
public sealed class ThreeHouseholdsTests : IAsyncLifetime
{
    private const string Markers = "intro-markers";
    private const string Canary = "Zanzibar-Canary-7f3a";
    private const double ThemeAt = 37.4;
    private const double ThemeLength = 40;

    private readonly TemporaryDirectory _media = new();
    private readonly AllLogs _logs = new();
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private LiveNode _c = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b, _c) = (await Start(), await Start(), await Start());

        Task<LiveNode> Start() => LiveNode.Start(
            peerListen: "https://127.0.0.1:0", with: options => options with { HeartbeatSeconds = 1 },
            services: services => services.AddSingleton<ILoggerProvider>(_logs));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _a, _b, _c }) await node.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task What_one_household_finds_out_helps_its_friend_and_nobody_else_learns_of_it()
    {
        await MediaPrograms.NeedAll();
        await Season();
        await Pair(_a, _b, InviteKind.Friend);
        await Pair(_b, _c, InviteKind.Friend);
        foreach (var node in new[] { _b, _c })
            Assert.Null(await node.Get<PartConsents>().SubscribeAsync(
                Subscription.OfFriends(Markers), Cancellation));

        // A opens its folder, but for one episode, looks, and lets friends read.
        Assert.Null((await _a.Get<ItemScopes>().SetAsync(_media.At("a"), false, Cancellation)).Problem);
        Assert.Null((await _a.Get<ItemScopes>().SetAsync(_media.At("a/private"), true, Cancellation)).Problem);
        var found = await Detect(_a, "a");
        Assert.Equal(3, found.Report!.Episodes.Count(e => e.Intro.Bounds is not null));
        Assert.True(found.Recorded >= 3);
        Assert.Equal(0, (await Detect(_a, "a/private")).Recorded);
        Assert.True(await _a.Get<ObservationQueue>().FlushAsync(null, Cancellation) >= 3);
        Assert.Null(await _a.Get<PartActs>().ShareAsync(Markers, true, Cancellation));

        // B has heard, and B's own ear makes the difference.
        var key = found.Report.Episodes[1].Keys[0];
        await Eventually.True(() => Hears(_b, key), "B hears nothing.", _b);
        Assert.Equal(MergeLevel.Hidden, Intro(_b, key).Level);
        Assert.Null((await _b.Get<ItemScopes>().SetAsync(_media.At("b"), false, Cancellation)).Problem);
        await Detect(_b, "b");
        var merged = Intro(_b, key);
        Assert.Equal(MergeLevel.AutoSkip, merged.Level);
        Assert.Equal(2, merged.Clusters[0].Votes.Count);
        // How near detection comes is measured elsewhere: here both heard the same file.
        Assert.Equal(found.Report.Episodes[1].Intro.Bounds!.Value.StartMs, merged.StartMs);
        Assert.InRange(merged.StartMs!.Value, (long)(ThemeAt * 1000) - 2_000, (long)(ThemeAt * 1000) + 2_000);
        await Plays(key, merged);

        // B shares its own. C hears that there is such a file, from B alone.
        await _b.Get<ObservationQueue>().FlushAsync(null, Cancellation);
        Assert.Null(await _b.Get<PartActs>().ShareAsync(Markers, true, Cancellation));
        await Eventually.True(() => Hears(_c, key), "C hears nothing.", _c);
        Assert.Single(Intro(_c, key).Clusters[0].Votes);
        await NothingIsTold();
        await NothingOfA();
    }

    /// <summary>By logs at their most talkative, by figures, by answers to wrong requests, by editions.</summary>
    private async Task NothingIsTold()
    {
        var file = _media.At($"a/private/{Canary}.S01E04.mkv");
        var key = (await MediaFile.OshKeyAsync(file, Cancellation))!;
        var told = new List<(string Where, string Text)>();
        foreach (var node in new[] { _a, _b, _c })
        {
            using var http = new HttpClient { BaseAddress = node.Address };
            told.Add(("figures", await http.GetStringAsync("/metrics", Cancellation)));
            told.AddRange(await WrongRequests.Send(node, Canary, file, key));
        }

        Assert.NotNull((await _a.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation)).Made);
        told.Add(("logs", _logs.Text));
        Assert.Contains($"Edition 1 of {Markers} was published", _logs.Text);
        foreach (var (where, text) in told)
            foreach (var word in new[] { Canary, _media.Root, key, key.Split(':')[1] })
                Assert.False(text.Contains(word, StringComparison.OrdinalIgnoreCase), $"{where}: {text}");
    }

    /// <summary>mpv at the merged bounds, five frames a second, moved by steps alone.</summary>
    private async Task Plays(string key, MergedMarker merged)
    {
        MpvPlayer.Need();
        var item = _b.Get<ItemScopes>().Items(key).Single();
        var markers = _b.Get<PlayerMarkers>().Of(key, null);
        await File.WriteAllTextAsync(
            MpvSidecar.NameFor(item.Path), MpvSidecar.Write(markers, item.DurationMs), Cancellation);
        var script = _media.At("anarchive.lua");
        await File.WriteAllTextAsync(script, MpvSidecar.Script(), Cancellation);
        await using var player = await MpvPlayer.Open(_media.At("mpv"), script, item.Path);
        await player.Seek((merged.StartMs!.Value / 200 - 3) * 0.2);
        for (var step = 0; step < 6 && await player.Position() < merged.StartMs / 1000.0 + 1; step++)
            await player.Step();
        await NodeAtWork.Eventually(
            async () => await player.Position() >= merged.EndMs / 1000.0 - 0.4,
            string.Create(CultureInfo.InvariantCulture, $"The intro to {merged.EndMs} ms was not skipped."));
    }

    private async Task NothingOfA()
    {
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        var sensitive = (await MediaFile.OshKeyAsync(_media.At($"a/private/{Canary}.S01E04.mkv"), Cancellation))!;
        string[] homes = [_b.Home, _c.Home];
        var (idOfA, groupOfA) = (_a.Id, group);
        foreach (var node in new[] { _a, _b, _c }) await node.Stop();
        // Of A itself, its database alone knows paths, and whose keys are whose.
        foreach (var word in new[] { sensitive, Canary })
            Assert.Empty(Holding(_a.Home, Encoding.UTF8.GetBytes(word)).Except([Path.Combine(_a.Home, "node.db")]));
        foreach (var home in homes)
        {
            Assert.Empty(Holding(home, Encoding.UTF8.GetBytes(sensitive)));
            Assert.Empty(Holding(home, Encoding.UTF8.GetBytes(Canary)).Except([Path.Combine(_b.Home, "node.db")]));
        }

        Assert.Empty(Holding(_c.Home, idOfA.Value.ToArray()));
        Assert.Empty(Holding(_c.Home, Encoding.UTF8.GetBytes(idOfA.ToString())));
        Assert.Empty(Holding(_c.Home, groupOfA.Value.ToArray()));
        // The same search finds what is there.
        Assert.NotEmpty(Holding(_b.Home, idOfA.Value.ToArray()));
    }

    private static string[] Holding(string home, byte[] bytes) =>
    [
        .. Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0),
    ];

    private static bool Hears(LiveNode node, string key) =>
        node.Get<PartQueries>().Explain(key, null)!.Records.Count > 0;

    private static MergedMarker Intro(LiveNode node, string key) =>
        node.Get<PartQueries>().Explain(key, null)!.Markers.Single(m => m.Type == MarkerType.Intro).Merged;

    private async Task<DetectionView> Detect(LiveNode node, string folder)
    {
        var (job, problem) = node.Get<Detections>().Begin(new DetectionRequest(_media.At(folder), false, []));
        Assert.Null(problem);
        await Eventually.True(
            () => node.Get<Detections>().Find(job!.Id)!.State != DetectionState.Running, "It does not end.");
        var done = node.Get<Detections>().Find(job!.Id)!;
        Assert.Equal((DetectionState.Done, null), (done.State, done.Problem));
        return done;
    }

    /// <summary>Three episodes in A's and B's folders, and a fourth of A's that nobody is to hear of.</summary>
    private async Task Season()
    {
        var season = await SyntheticSeason.Compose(41, 150, ThemeLength, 15);
        double[] starts = [10, ThemeAt, 61.2, 20];
        await season.Make(
            _media.At("made"),
            [.. starts.Select(at => new EpisodePlan(at, 0, 0.001f, "ac3 -b:a 128k", null))]);
        foreach (var folder in new[] { "a/private", "b" }) Directory.CreateDirectory(_media.At(folder));
        for (var at = 0; at < 3; at++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Canary}.S01E{at + 1:00}.mkv");
            File.Copy(_media.At($"made/e{at + 1}.mkv"), _media.At("a/" + name));
            File.Copy(_media.At($"made/e{at + 1}.mkv"), _media.At("b/" + name));
        }

        File.Move(_media.At("made/e4.mkv"), _media.At($"a/private/{Canary}.S01E04.mkv"));
    }
}
