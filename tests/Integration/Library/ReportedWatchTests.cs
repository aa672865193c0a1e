using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What is watched is told in a weekly report only where its owner turned that on.</summary>
public sealed class ReportedWatchTests : IAsyncLifetime
{
    private const int Size = 200_000;

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private MediaBox _box = null!;
    private LiveNode _aggregator = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ReportBook Reports => _box.Node.Get<ReportBook>();

    private WatchBook Watched => _box.Node.Get<WatchBook>();

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(_time, tellsFleet: true);
        await _box.Reachable();
        _aggregator = await LiveNode.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _aggregator.DisposeAsync();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task What_is_watched_to_its_end_is_noted_once_its_owner_turned_that_on_and_not_before()
    {
        var item = await Known("Salt and Wire S01E02.mp4", 1, [2]);
        Assert.Equal("reporting_off", (await _box.Run("net", "report", "watched", "on", "--json")).Code);
        await Watch(item);
        await Join();
        Assert.False(Reports.CountsWatched());
        await Watch(item);
        Assert.Empty(Waiting());
        Assert.Equal(0, (await _box.Run("net", "report", "watched", "on")).Exit);
        await Watch(item);
        Assert.Equal(["work:tvdb:s7/1/2 Finished"], Waiting());
        await Note(item, 60_000);
        Assert.Single(Waiting());
        // Back from its end, and to it again.
        await Note(item, 2_700_000);
        Assert.Single(Waiting());
        _time.Skip(TimeSpan.FromMinutes(46));
        await Note(item, 60_000);
        await Note(item, 2_700_000);
        Assert.Equal(["work:tvdb:s7/1/2 Finished", "work:tvdb:s7/1/2 Rewatch"], Waiting());
        Assert.Equal(0, (await _box.Run("net", "report", "watched", "off")).Exit);
        Assert.Empty(Waiting());
        await Watch(item);
        Assert.Empty(Waiting());
    }

    [Fact]
    public async Task What_no_catalogue_knows_or_nobody_may_hear_of_is_not_noted_and_leaving_turns_it_off()
    {
        await Join();
        Assert.Null(await Reports.CountWatchedAsync(true, Cancellation));
        var unknown = await _box.Hold("Night Ferries (2011).mp4", Size, 3);
        await Watch(unknown);
        Assert.Empty(Waiting());
        var several = await Known("Salt and Wire S01E03-E04.mp4", 2, [3, 4]);
        await Watch(several);
        Assert.Equal(["work:tvdb:s7/1/3 Finished", "work:tvdb:s7/1/4 Finished"], Waiting());
        await Open(isSensitive: true);
        Assert.Empty(Waiting());
        await Watch(several);
        Assert.Empty(Waiting());
        Assert.True(await Reports.LeaveAsync(Cancellation));
        await Join();
        Assert.False(Reports.CountsWatched());
    }

    [Fact]
    public async Task The_page_of_the_signal_turns_it_on_and_off_without_a_script()
    {
        await Join();
        using var http = await _box.Owner();
        var page = await http.GetStringAsync("/net/parts/signal", Cancellation);
        Assert.Contains("What is watched on this device is not reported.", page);
        foreach (var (act, counts) in new[] { ("watched", true), ("unwatched", false) })
        {
            var token = Regex.Match(page, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
            using var form = new FormUrlEncodedContent(
                [KeyValuePair.Create("do", act), KeyValuePair.Create("form_token", token)]);
            using var answer = await http.PostAsync("/net/report", form, Cancellation);
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal(counts, Reports.CountsWatched());
            var report = JsonNode.Parse(await http.GetStringAsync("/api/v1/net/report", Cancellation))!;
            Assert.Equal(counts, (bool)report["counts_watched"]!);
        }
    }

    private async Task Join()
    {
        await _aggregator.Get<Aggregator>().StartAsync(Cancellation);
        var (text, problem) = await _aggregator.Get<Households>().EnrolAsync($"one {Guid.NewGuid():N}", Cancellation);
        Assert.Null(problem);
        Assert.Null(await Reports.JoinAsync(text!, agrees: true, Cancellation));
    }

    private async Task Open(bool isSensitive)
    {
        var folder = Path.Combine(_box.Root, "films");
        var (_, problem) = await _box.Node.Get<FolderActs>().SayAsync(
            folder, isSensitive ? FolderWord.Sensitive : FolderWord.Open, Cancellation);
        Assert.Null(problem);
    }

    /// <summary>A file of an open folder whose owner said which episode it is.</summary>
    private async Task<ItemId> Known(string name, int seed, int[] episodes)
    {
        await Open(isSensitive: false);
        var item = await _box.Hold(name, Size, seed);
        var key = (await MediaFile.OshKeyAsync(_box.At(name), Cancellation))!;
        await _box.Node.Get<ItemScopes>().SeenAsync([new LocalItem(key, _box.At(name), 2_700_000)], Cancellation);
        var said = new GroupingObserved(
            GroupingObserved.PartName, 1, [key], Method.Manual, "test", 100, 490_000, ["work:tvdb:s7"],
            episodes.Length > 1 ? GroupingKind.Multi : GroupingKind.Episode, 1, episodes);
        Assert.Null((await _box.Node.Get<PartActs>().ObserveAsync([said], isOpen: false, Cancellation)).Problem);
        return item;
    }

    /// <summary>As for the first time.</summary>
    private async Task Watch(ItemId item)
    {
        Assert.Null(await Watched.ForgetAsync(item, Cancellation));
        await Note(item, 2_700_000);
    }

    private async Task Note(ItemId item, long positionMs) => Assert.Null(
        await Watched.NoteAsync(item, new ViewingPlace(positionMs, 2_700_000), Cancellation));

    private List<string> Waiting()
    {
        using var db = _box.Node.Get<Database>().OpenReader();
        return db.Query<string>("SELECT key || ' ' || what FROM signal_waiting ORDER BY key, what").AsList();
    }
}
