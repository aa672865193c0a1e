using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A film begun on one device of a fleet and gone on with on another; and a friend of theirs.</summary>
public sealed class SharedWatchTests : IAsyncLifetime
{
    private const long Length = 8_000;

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private MediaBox _study = null!;
    private MediaBox _bedroom = null!;
    private MediaBox _friend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await MediaPrograms.NeedFfmpeg();
        _study = await MediaBox.Start(_time, tellsFleet: true);
        _bedroom = await MediaBox.Start(_time, tellsFleet: true);
        _friend = await MediaBox.Start(_time, tellsFleet: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _friend.DisposeAsync();
        await _bedroom.DisposeAsync();
        await _study.DisposeAsync();
    }

    [Fact]
    public async Task What_is_begun_on_one_device_is_gone_on_with_on_another_and_no_friend_hears_of_it()
    {
        await Together();
        await Pairings.Pair(_study.Node, _friend.Node, InviteKind.Friend);
        var item = await Hold(_study, _bedroom, _friend);
        await Note(_study, item, 3_000);
        await Reaches(_bedroom, item, 3_000);
        using var http = await _bedroom.Owner();
        var library = WebUtility.HtmlDecode(await http.GetStringAsync("/library", Cancellation));
        Assert.Contains("on <bdi>study-pc</bdi>, as last heard", library);
        Assert.Contains("0:05 left", library);
        var page = await http.GetStringAsync($"/watch/{item}", Cancellation);
        Assert.Contains($"src=\"/api/v1/media/{item}#t=3\"", page);
        Assert.Contains("Watched on <bdi>study-pc</bdi>", page);
        var next = JsonNode.Parse(await http.GetStringAsync("/api/v1/library/next", Cancellation))!.AsArray();
        var only = Assert.Single(next)!;
        Assert.Equal((item.ToString(), 3_000, "study-pc"), (
            (string?)only["item"], (long)only["position_ms"]!, (string?)only["watched_on"]));
        var listed = await CommandRun.Of(_bedroom.Node.Home, "library", "--next");
        Assert.True(listed.Exit == 0, listed.Remarks);
        Assert.Contains("study-pc", listed.Results);
        // The name of the file is in no log, and the friend, who holds the film too, has not even the group.
        Assert.DoesNotContain("Night Ferries", Words(_bedroom));
        Assert.Null(_friend.Node.Get<WatchBook>().Of(item));
        Assert.Empty(Kept(_friend));
        Assert.DoesNotContain(_friend.Node.Writer.Groups(), g => g.Id == Fleet);
    }

    [Fact]
    public async Task What_is_so_no_more_is_erased_on_both_and_the_later_word_counts_on_both()
    {
        await Together();
        var item = await Hold(_study, _bedroom);
        await Note(_study, item, 2_000);
        await Reaches(_bedroom, item, 2_000);
        for (var at = 3_000; at < 7_000; at += 1_000)
        {
            var (here, there) = at % 2_000 == 0 ? (_study, _bedroom) : (_bedroom, _study);
            _time.Skip(TimeSpan.FromMinutes(6));
            await Note(here, item, at);
            await Reaches(there, item, at);
            Assert.Null(here.Node.Get<WatchBook>().Of(item)!.On);
        }

        Assert.Equal([6_000], Kept(_study).Select(v => v.PositionMs));
        Assert.Equal([6_000], Kept(_bedroom).Select(v => v.PositionMs));
        Assert.Equal(5, Written(_bedroom));
        Assert.Equal("study-pc", _bedroom.Node.Get<WatchBook>().Of(item)!.On);
        // Nothing of it stands or falls with what was erased.
        await _bedroom.Node.Writer.RefoldAsync(Fleet, Cancellation);
        Assert.Equal(6_000, _bedroom.Node.Get<WatchBook>().Of(item)!.Place.PositionMs);
        await Eventually.InStep(Fleet, _study.Node, _bedroom.Node);
        Assert.Equal(
            _study.Node.Get<FleetDigests>().Of(Fleet), _bedroom.Node.Get<FleetDigests>().Of(Fleet));
    }

    [Fact]
    public async Task What_is_forgotten_on_one_device_is_forgotten_on_all_and_a_film_watched_there_is_watched_here()
    {
        await Together();
        var item = await Hold(_study, _bedroom);
        await Note(_study, item, Length);
        await Reaches(_bedroom, item, Length);
        Assert.NotNull(_bedroom.Node.Get<WatchBook>().Of(item)!.WatchedMs);
        _time.Skip(TimeSpan.FromMinutes(6));
        await Note(_bedroom, item, 4_000);
        await Reaches(_study, item, 4_000);
        // That it was once watched to its end is not lost by watching it again.
        Assert.NotNull(_study.Node.Get<WatchBook>().Of(item)!.WatchedMs);
        var run = await CommandRun.Of(_study.Node.Home, "library", "--forget", item.ToString());
        Assert.Equal(0, run.Exit);
        Assert.Null(_study.Node.Get<WatchBook>().Of(item));
        await Eventually.True(
            () => _bedroom.Node.Get<WatchBook>().Of(item) is null, "Not forgotten.", _study.Node, _bedroom.Node);
        Assert.Null(await _bedroom.Node.Get<WatchBook>().TellAsync(Cancellation));
        foreach (var box in new[] { _study, _bedroom })
        {
            Assert.Equal([null], Kept(box).Select(v => v.PositionMs));
            Assert.Equal(0, await box.Node.Writer.OnWriterAsync(
                db => db.QuerySingle<long>("SELECT count(*) FROM library_watched"), Cancellation));
        }

        Assert.Equal(
            "not_found",
            (await CommandRun.Of(_study.Node.Home, "library", "--forget", item.ToString(), "--json")).Code);
        // Watched anew it is begun anew.
        _time.Skip(TimeSpan.FromMinutes(6));
        await Note(_bedroom, item, 1_000);
        await Reaches(_study, item, 1_000);
        Assert.Null(_study.Node.Get<WatchBook>().Of(item)!.WatchedMs);
    }

    [Fact]
    public async Task A_device_that_stands_alone_keeps_it_to_itself_and_begins_no_fleet_for_it()
    {
        var item = await Hold(_friend);
        var before = _friend.Node.Get<OwnFleet>().Group;
        var watched = _friend.Node.Get<WatchBook>();
        Assert.Null(await watched.NoteAsync(item, new ViewingPlace(3_000, Length), Cancellation));
        Assert.Null(await watched.TellAsync(Cancellation));
        Assert.Equal(before, _friend.Node.Get<OwnFleet>().Group);
        Assert.Equal((3_000, null), (watched.Of(item)!.Place.PositionMs, watched.Of(item)!.On));
        Assert.Null(await watched.ForgetAsync(item, Cancellation));
        Assert.Null(watched.Of(item));
        if (before is null) Assert.Empty(Kept(_friend));
    }

    [Fact]
    public async Task A_clock_that_is_set_ahead_neither_dates_what_is_watched_nor_brings_back_what_was_forgotten()
    {
        var alone = await Hold(_friend);
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _time.SetAhead(TimeSpan.FromDays(1));
        Assert.Null(await _friend.Node.Get<WatchBook>().NoteAsync(
            alone, new ViewingPlace(3_000, Length), Cancellation));
        Assert.InRange(_friend.Node.Get<WatchBook>().Of(alone)!.AtMs, nowMs, nowMs + 3600_000);
        _time.SetAhead(TimeSpan.Zero);
        await Together();
        var item = await Hold(_study, _bedroom);
        var watched = _bedroom.Node.Get<WatchBook>();
        Assert.Null(await watched.NoteAsync(item, new ViewingPlace(3_000, Length), Cancellation));
        // Noted so by a node that believed its clock.
        await _bedroom.Node.Writer.OnWriterAsync(
            db => db.Execute("UPDATE library_watched SET at_ms = at_ms + 86400000"), Cancellation);
        Assert.Null(await watched.TellAsync(Cancellation));
        Assert.Empty(Kept(_bedroom));
        await Note(_study, item, 2_000);
        Assert.Null(await _study.Node.Get<WatchBook>().ForgetAsync(item, Cancellation));
        await Eventually.True(
            () => _bedroom.Node.Get<FleetBook>().Read(
                s => s.Viewings.TryGetValue(item, out var told) && told.Said.PositionMs is null),
            "Not forgotten.", _study.Node, _bedroom.Node);
        Assert.Null(await watched.TellAsync(Cancellation));
        Assert.Null(watched.Of(item));
        Assert.Equal([null], Kept(_bedroom).Select(v => v.PositionMs));
    }

    private GroupId Fleet => _study.Node.Get<OwnFleet>().Group!.Value;

    private async Task Together()
    {
        await Pairings.Pair(_study.Node, _bedroom.Node, InviteKind.Device);
        await Eventually.True(
            () => _bedroom.Node.Get<OwnFleet>().Group == Fleet
                && _bedroom.Node.Writer.StandingIn(Fleet) == Refusal.None,
            "Not let in.", _study.Node, _bedroom.Node);
        await _study.Reachable();
        await _bedroom.Reachable();
        await _study.Declare("study-pc", "home");
        await _bedroom.Declare("bedroom-pi", "home");
        await Eventually.True(
            () => _bedroom.Node.Get<FleetBook>().Read(s => s.Devices.Count) == 2, "Not together.", _bedroom.Node);
    }

    /// <summary>One film on all of them.</summary>
    private static async Task<ItemId> Hold(MediaBox first, params MediaBox[] others)
    {
        var film = await Films.Make(first.At("Night Ferries (2011).mp4"), 8, Films.Modern);
        foreach (var box in others) File.Copy(film, box.At("Night Ferries (2011).mp4"));
        foreach (var box in others.Prepend(first))
        {
            box.Age(box.At("Night Ferries (2011).mp4"), 10);
            await box.Look();
        }

        return PlayingNode.IdOf(film);
    }

    /// <summary>Somebody watches there, and then the node looks whether that is news.</summary>
    private static async Task Note(MediaBox box, ItemId item, long positionMs)
    {
        var watched = box.Node.Get<WatchBook>();
        Assert.Null(await watched.NoteAsync(item, new ViewingPlace(positionMs, Length), Cancellation));
        Assert.Null(await watched.TellAsync(Cancellation));
    }

    private Task Reaches(MediaBox box, ItemId item, long positionMs) => Eventually.True(
        () => box.Node.Get<WatchBook>().Of(item)?.Place.PositionMs == positionMs,
        $"{positionMs} was not heard.", _study.Node, _bedroom.Node);

    /// <summary>What of all that was said of what is watched is still in a node's log.</summary>
    private static List<ViewingSet> Kept(MediaBox box) =>
    [
        .. Payloads(box).Select(p => FleetPayloads.ReadPayload(FleetApp.ViewingSet, p)).OfType<ViewingSet>(),
    ];

    private static List<byte[]> Payloads(MediaBox box)
    {
        using var db = box.Node.Get<Database>().OpenReader();
        return db.Query<byte[]>("SELECT payload FROM events WHERE payload IS NOT NULL").AsList();
    }

    /// <summary>Headers of such words, with or without what they said.</summary>
    private static int Written(MediaBox box)
    {
        using var db = box.Node.Get<Database>().OpenReader();
        return db.Query<byte[]>("SELECT header FROM events").Count(header =>
            EventHeader.TryRead(header, out _)?.Kind == FleetApp.ViewingSet);
    }

    private static string Words(MediaBox box) =>
        string.Join('\n', Payloads(box).Select(p => System.Text.Encoding.UTF8.GetString(p)));
}
