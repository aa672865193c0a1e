using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>An aggregator counts each household once, each week once, and tells nothing of fewer than five.</summary>
public sealed class AggregatorTests : IAsyncLifetime
{
    private const string NextWeek = "2026-W08";

    private static readonly string Film = SignalWorld.Bt2('a');
    private static readonly string Other = SignalWorld.Bt2('b');

    private readonly ShiftedTime _time = SignalWorld.Clock();
    private readonly List<SignalEnrolment> _households = [];
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await SignalWorld.Start(_time);
        await _node.Get<Aggregator>().StartAsync(Cancellation);
        for (var at = 0; at < 6; at++) _households.Add(await _node.Enrol($"Household {at}"));
        _time.Set(SignalWorld.Sending);
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Four_households_leave_no_row_and_no_trace()
    {
        for (var at = 0; at < 4; at++) Assert.True(await Report(at, Film));
        await Count();
        Assert.Equal(0, _node.Rows("signal_reports"));
        Assert.Equal(0, _node.Rows("signal_totals"));
        Assert.True(await _node.Get<TotalsDesk>().PublishAsync(Cancellation));
        Assert.Empty(_node.Get<EditionBooks>().All("signal"));
        Assert.Empty(_node.Totals(Film));
    }

    [Fact]
    public async Task A_household_that_reports_twice_is_counted_once_and_by_its_first_word()
    {
        for (var at = 1; at < 5; at++) Assert.True(await Report(at, Other));
        Assert.True(await Report(0, Film));
        // Acknowledged again: the answer to the first may have been lost. With this word there would be five.
        Assert.True(await Report(0, Other));
        Assert.Equal(5, _node.Get<Aggregator>().View().Reports);
        await Count();
        Assert.Equal(5, _node.Get<Aggregator>().View().CountedSources);
        Assert.Equal(0, _node.Rows("signal_totals"));
    }

    [Fact]
    public async Task What_does_not_count_is_refused_whatever_it_is()
    {
        Assert.False(await _node.Take(SignalWorld.Box(_households[0], NextWeek, (Film, SignalMetric.Kept))));
        Assert.False(await _node.Take(new byte[SignalBox.SealedBytes]));
        Assert.False(await _node.Take([]));
        var stranger = _households[0] with { Token = new byte[32] };
        Assert.False(await _node.Take(SignalWorld.Box(stranger, SignalWorld.Week, (Film, SignalMetric.Kept))));
        Assert.True(await Report(1, Film));
        Assert.True(await _node.Get<Households>().RemoveAsync("Household 1", Cancellation));
        Assert.Equal(0, _node.Rows("signal_reports"));
        Assert.False(await Report(1, Film));
        Assert.True(await Report(2, Film));
        Assert.True(await _node.Get<Aggregator>().StopAsync(Cancellation));
        Assert.Equal(0, _node.Rows("signal_reports"));
        Assert.False(await Report(3, Film));
    }

    [Fact]
    public async Task What_a_household_said_is_here_without_its_token_and_in_no_copy()
    {
        Assert.True(await Report(0, Film));
        var copy = Path.Combine(_node.Home, "copy.db");
        var database = Path.Combine(_node.Home, "node.db");
        DatabaseCopy.Make(database, copy);
        var token = Convert.ToHexStringLower(_households[0].Token.Span);
        await using var live = new FileStream(
            database + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var log = new StreamReader(live, Encoding.Latin1);
        var written = await log.ReadToEndAsync(Cancellation);
        Assert.Contains(Film, written);
        Assert.DoesNotContain(token, written);
        Assert.DoesNotContain(Film, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(copy, Cancellation)));
    }

    [Fact]
    public async Task A_restart_between_acknowledgement_and_counting_loses_nothing()
    {
        for (var at = 0; at < 5; at++) Assert.True(await Report(at, Film));
        await _node.Restart(stopFirst: true);
        Assert.Equal(5, _node.Get<Aggregator>().View().Reports);
        // Over while the process did not run: counted and published as it starts.
        await _node.Stop();
        _time.Set(SignalWorld.Counting);
        await _node.Restart();
        await Published(1);
        Assert.Equal(5, _node.Totals(Film).Single().N);
        var group = _node.Get<TotalsBook>().Own("signal")!.Group;
        await _node.Writer.OnWriterAsync(
            db => db.Execute(
                """
                DELETE FROM net_edition_keys; DELETE FROM net_edition_rows; DELETE FROM net_editions;
                """),
            Cancellation);
        Assert.Empty(_node.Totals(Film));
        await _node.Restart(stopFirst: true);
        // A full one follows the one whose rows were not taken over; no number is made twice.
        await Published(2);
        Assert.Equal(5, _node.Totals(Film).Single().N);
        Assert.True(await _node.Get<TotalsDesk>().PublishAsync(Cancellation));
        Assert.Equal([2, 1], _node.Get<EditionBooks>().All("signal").Select(e => e.Manifest.Seq));
        Assert.Equal(3, _node.Writer.Durable(group).Heads.Sum(h => h.Value.Seq));
    }

    [Fact]
    public async Task The_next_week_is_added_and_a_week_is_counted_once()
    {
        for (var at = 0; at < 5; at++) Assert.True(await Report(at, Film));
        await Count();
        await Published(1);
        Assert.Empty(_node.Get<Aggregator>().Over());
        _time.Set(SignalWorld.Sending);
        Assert.False(await Report(5, Film));
        _time.Set(SignalWorld.Sending.AddDays(7));
        for (var at = 0; at < 6; at++)
            Assert.True(await _node.Take(
                SignalWorld.Box(_households[at], NextWeek, (Film, SignalMetric.Finished), (Other, SignalMetric.Kept))));
        _time.Set(SignalWorld.Counting.AddDays(7));
        await _node.Counted(NextWeek);
        await Published(2);
        Assert.Equal([NextWeek, SignalWorld.Week], _node.Totals(Film).Select(t => t.Week));
        await File.WriteAllTextAsync(
            Path.Combine(_node.Home, "api.url"), _node.Address.GetLeftPart(UriPartial.Authority), Cancellation);
        var explained = await CommandRun.Of(_node.Home, "net", "explain", Film);
        Assert.Contains($"At least 5 households finished this in {NextWeek} (your own totals).", explained.Results);
        var listed = await CommandRun.Of(_node.Home, "net", "editions", "--json");
        Assert.Contains("\"by\":\"you\"", listed.Results);
        var newest = _node.Get<EditionBooks>().All("signal")[0].Manifest;
        // Six households reported: the step that their number reaches is told, and no more.
        Assert.Equal((5, 5), (newest.K, newest.Sources));
        Assert.Equal((EditionRing.Network, SwarmIsolation.Open), (newest.Ring, newest.SwarmIsolation));
    }

    [Fact]
    public async Task Swarms_that_five_saw_alike_are_told_of_in_the_part_of_hints()
    {
        for (var at = 0; at < 5; at++)
        {
            var household = _households[at];
            var report = new SignalReport(
                1, Convert.ToHexStringLower(household.Token.Span), SignalWorld.Week, [],
                [new SignalHint(Film, SwarmState.Dead), new SignalHint(Other, (SwarmState)(at % 3))]);
            Assert.True(await _node.Take(SignalBox.Seal(report, household.BoxKey.Span)!));
        }

        await Count();
        await Eventually.True(() => _node.Totals(Film).Count == 1, "The hints were not published.", _node);
        var hint = _node.Totals(Film).Single();
        Assert.Equal(("peers-hints", "dead", 5), (hint.Part, hint.What, hint.N));
        Assert.Equal(
            $"At least 5 households found its torrent dead in {SignalWorld.Week} (your own totals).",
            hint.Says.ToString());
        Assert.Empty(_node.Totals(Other));
        Assert.Empty(_node.Get<EditionBooks>().All("signal"));
    }

    [Fact]
    public async Task A_group_of_friends_named_as_totals_is_left_and_never_passed_on()
    {
        await using var reader = await SignalWorld.Start(_time);
        await using var third = await SignalWorld.Start(_time);
        await Pair(_node, reader, InviteKind.Friend);
        await Pair(reader, third, InviteKind.Friend);
        Assert.Null(await reader.Get<PartConsents>().SubscribeAsync(
            new Subscription("peers-hints", Subscription.Network, null, 2, 50, _node.Id, 5), Cancellation));
        Assert.Null(await _node.Get<PartActs>().ShareAsync("peers-hints", isShared: true, Cancellation));
        var group = (await _node.Get<OwnParts>().OpenAsync("peers-hints", Cancellation))!.Value;
        Assert.True(_node.Get<Sharing>().Permits(group, reader.Id));
        var lie = new OfferedPart(group.ToString(), "peers-hints", _node.Id.ToString());
        await reader.Get<PartOffers>().TakeAsync(_node.Id, new PartsMessage([lie]), Cancellation);
        await Eventually.True(() => reader.Get<Sharing>().HasLeft(group), "It was not left.", reader);
        Assert.NotNull(reader.Writer.AuthorityOf(group).Genesis);
        Assert.False(reader.Get<Sharing>().Permits(group, third.Id));
        Assert.DoesNotContain(reader.Get<PartOffers>().For(third.Id).Parts, p => p.Group == group.ToString());
    }

    [Fact]
    public async Task A_row_below_five_is_refused_from_whomever_it_comes()
    {
        await using var reader = await SignalWorld.Start(_time);
        await Pair(_node, reader, InviteKind.Friend);
        await reader.Subscribe(_node);
        await Forge("""{"key":"work:mal:1/1/1","metric":"kept","week":"2026-W07","n":4}""");
        await Refused(reader, "net_edition_rows");
        Assert.Empty(reader.Totals("work:mal:1/1/1"));
    }

    [Fact]
    public async Task Who_wants_ten_households_at_least_is_told_nothing_that_five_stand_behind()
    {
        await using var reader = await SignalWorld.Start(_time);
        await Pair(_node, reader, InviteKind.Friend);
        await reader.Subscribe(_node, k: 10);
        for (var at = 0; at < 5; at++) Assert.True(await Report(at, Film));
        await Count();
        await Eventually.True(
            () => reader.Get<EditionBooks>().All("signal").Any(e => e.IsHeld), "It does not come.", reader);
        Assert.Empty(reader.Totals(Film));
        await reader.Subscribe(_node);
        Assert.Single(reader.Totals(Film));
    }

    [Fact]
    public async Task A_group_of_another_than_the_aggregator_counts_nothing_and_is_never_passed_on()
    {
        await using var reader = await SignalWorld.Start(_time);
        await using var third = await SignalWorld.Start(_time);
        await Pair(_node, reader, InviteKind.Friend);
        await Pair(reader, third, InviteKind.Friend);
        await reader.Subscribe(third);
        var (group, book) = (_node.Get<TotalsBook>().Own("signal")!.Group, reader.Get<TotalsBook>());
        // The friend says that its own group is the third's.
        var lie = new OfferedPart(group.ToString(), "signal", third.Id.ToString());
        await reader.Get<PartOffers>().TakeAsync(_node.Id, new PartsMessage([lie]), Cancellation);
        await Eventually.True(
            () => reader.Writer.AuthorityOf(group).Genesis is not null, "Its genesis has not come.", reader);
        Assert.False(reader.Get<Sharing>().Permits(group, _node.Id));
        Assert.False(reader.Get<Sharing>().Permits(group, third.Id));
        Assert.DoesNotContain(book.All, g => g.Group == group);
        Assert.Empty(reader.Get<PartOffers>().For(third.Id).Parts);
        // And one that is not subscribed to is not even begun.
        var unasked = new OfferedPart(new GroupId(Hash256.Zero).ToString(), "signal", _node.Id.ToString());
        await reader.Get<PartOffers>().TakeAsync(_node.Id, new PartsMessage([unasked]), Cancellation);
        Assert.False(reader.Writer.Holds(new GroupId(Hash256.Zero)));
    }

    /// <summary>Published with a row that no aggregator may publish: signed, and wrong.</summary>
    private async Task Forge(string row)
    {
        var group = _node.Get<TotalsBook>().Own("signal")!.Group;
        var line = Encoding.ASCII.GetBytes(row);
        var files = new PartEditionFiles(Path.Combine(_node.Home, "forged"));
        var saved = files.Save(group, "signal", 1, [line]);
        var now = _time.GetUtcNow().ToUnixTimeSeconds() / 3600;
        var manifest = new PartEdition(
            1, "signal", group.ToString(), EditionRing.Network, SwarmIsolation.Open, 5, 5, PartEdition.KAnonymous, 1,
            SignalWorld.Week, null, _node.Id.ToString(), now, now + 24, [],
            EditionState.RootOf([line]).ToString(), EditionSchema.Of("signal", EditionRing.Network), EditionKind.Full,
            null, saved.Blob, PartEdition.DefaultLicence);
        await _node.Get<BlobShelf>().PutAsync(saved.Torrent, saved.Path, null, Cancellation);
        var payload = NetPayloads.Write(manifest, out var fault);
        Assert.Null(fault);
        await _node.Writer.WriteAsync(group, [new Draft(NetApp.PartEditionPublished, payload!, [])], Cancellation);
    }

    private static Task Refused(LiveNode reader, string code) => Eventually.True(
        () => reader.Get<LogMemory>().After(0).Any(e => e.Message.Contains(code, StringComparison.Ordinal)),
        "It was not refused.",
        reader);

    private Task<bool> Report(int household, string key) =>
        _node.Take(SignalWorld.Box(_households[household], SignalWorld.Week, (key, SignalMetric.Finished)));

    private Task Count()
    {
        _time.Set(SignalWorld.Counting);
        return _node.Counted();
    }

    private Task Published(long seq) => Eventually.True(
        () => _node.Get<EditionBooks>().All("signal").Any(e => e.IsHeld && e.IsOwn && e.Manifest.Seq == seq),
        $"Edition {seq} was not published.",
        _node);
}
