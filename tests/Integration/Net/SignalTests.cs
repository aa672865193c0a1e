using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>Households report by a friend; what five of them say comes back to all, and nothing else.</summary>
public sealed class SignalTests : IAsyncLifetime
{
    private static readonly string Film = SignalWorld.Bt2('a');
    private static readonly string Rare = SignalWorld.Bt2('b');
    private static readonly string Secret = SignalWorld.Bt2('c');

    private readonly ShiftedTime _time = SignalWorld.Clock();
    private readonly Seen _atFriend = new();
    private readonly Seen _atAggregator = new();
    private readonly List<LiveNode> _nodes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task What_five_households_report_by_a_friend_reaches_those_two_friendships_away()
    {
        var (aggregator, friend) = (await Start(_atAggregator), await Start(_atFriend));
        await Pair(aggregator, friend, InviteKind.Friend);
        await aggregator.Get<Aggregator>().StartAsync(Cancellation);
        var households = new List<LiveNode>();
        for (var at = 0; at < 5; at++) households.Add(await Enrolled(aggregator, friend, at));
        foreach (var node in new[] { friend, households[0] }) await node.Subscribe(aggregator);

        foreach (var (node, at) in households.Select((node, at) => (node, at)))
        {
            await node.Add(Film, SignalMetric.Finished);
            if (at < 4) await node.Add(Rare, SignalMetric.Dropped);
        }

        _time.Set(SignalWorld.Sending);
        foreach (var node in households)
            await Eventually.True(
                () => node.Get<ReportPost>().View().SentWeek == SignalWorld.Week,
                $"A report was not sent: {node.Get<ReportPost>().View()}", node, friend, aggregator);
        Assert.All(households, node => Assert.Equal(0, node.Get<ReportBook>().Waiting()));
        Assert.Equal(5, aggregator.Get<Aggregator>().View().Reports);
        OnlyTheBoxWasSeen(aggregator, friend, households);

        _time.Set(SignalWorld.Counting);
        await aggregator.Counted();
        await Eventually.True(
            () => households[0].Totals(Film).Count == 1, "The totals do not come.", households[0], friend, aggregator);
        var total = households[0].Totals(Film).Single();
        Assert.Equal(("signal", "finished", SignalWorld.Week, 5), (total.Part, total.What, total.Week, total.N));
        Assert.Equal(aggregator.Id, total.Aggregator);
        Assert.Equal(total, friend.Totals(Film).Single());
        // Four are none, and who did not subscribe has nothing.
        foreach (var node in _nodes) Assert.Empty(node.Totals(Rare));
        Assert.Empty(households[1].Totals(Film));
        Assert.DoesNotContain(households[1].Writer.Groups(), g => g.Ring == "network");
        Assert.Equal(0, aggregator.Rows("signal_reports"));
        // The aggregator and a household of the other end never hear of one another's address.
        Assert.DoesNotContain(households[0].Get<PeerBook>().All, p => p.Id == aggregator.Id);
        Assert.DoesNotContain(aggregator.Get<PeerBook>().All, p => p.Id == households[0].Id);
    }

    [Fact]
    public async Task A_stranger_gets_the_answer_of_a_route_that_is_not_there()
    {
        var node = await Start(null);
        await node.Get<Aggregator>().StartAsync(Cancellation);
        var stranger = await Start(null);
        await node.Found("films");
        await stranger.Join(node, "films");
        var box = Base64UrlText.Encode(new byte[SignalBox.SealedBytes]);
        var relay = $$"""{"aggregator":"{{stranger.Id}}","box":"{{box}}"}""";
        var report = $$"""{"box":"{{box}}"}""";
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);
        // Over the listener of peers, where nothing else is served.
        var nothing = await Post(http, new Uri(node.PeerAddress, "/net/v1/nothing"), report, null);
        Assert.Equal(HttpStatusCode.NotFound, nothing.Status);
        Assert.Equal(nothing, await Post(http, new Uri(node.PeerAddress, "/net/v1/relay"), relay, null));
        Assert.Equal(nothing, await Post(http, new Uri(node.PeerAddress, "/net/v1/reports"), report, null));
        // Known by a hive, and still no friend.
        var token = await node.TokenFor(stranger.Id);
        foreach (var (path, body) in new[] { ("relay", relay), ("reports", report) })
            Assert.Equal(nothing, await Post(http, new Uri(node.Address, "/net/v1/" + path), body, token));
    }

    [Fact]
    public async Task A_friend_who_counts_nobody_and_one_who_knows_no_aggregator_answer_alike()
    {
        var (node, friend) = (await Start(null), await Start(null));
        await Pair(node, friend, InviteKind.Friend);
        var token = await node.TokenFor(friend.Id);
        var box = Base64UrlText.Encode(new byte[SignalBox.SealedBytes]);
        using var http = new HttpClient();
        foreach (var aggregator in new[] { node.Id, friend.Id, new NodeId(Hash256.Zero) })
            Assert.Equal(
                (HttpStatusCode.NotFound, """{"error":{"code":"not_found"}}"""),
                await Post(
                    http, new Uri(node.Address, "/net/v1/relay"),
                    $$"""{"aggregator":"{{aggregator}}","box":"{{box}}"}""", token));
        var report = $$"""{"box":"{{box}}"}""";
        var reports = new Uri(node.Address, "/net/v1/reports");
        Assert.Equal(HttpStatusCode.NotFound, (await Post(http, reports, report, token)).Status);
        await node.Get<Aggregator>().StartAsync(Cancellation);
        Assert.Contains("report_refused", (await Post(http, reports, report, token)).Body);
        foreach (var bad in new[] { "{}", """{"box":""}""", """{"box":"AAAA"}""", $$"""{"box":"{{box}}","by":"x"}""" })
            Assert.Contains("malformed", (await Post(http, reports, bad, token)).Body);
    }

    [Fact]
    public async Task Nothing_is_kept_while_reporting_is_off_and_nothing_that_nobody_may_hear_of()
    {
        var (aggregator, node) = (await Start(null), await Start(null));
        var book = node.Get<ReportBook>();
        await node.See(Film);
        Assert.Equal("reporting_off", (await Said(Film))?.Code);
        var (text, _) = await aggregator.Get<Households>().EnrolAsync("Ada", Cancellation);
        var asked = await book.JoinAsync(text!, agrees: false, Cancellation);
        Assert.Equal(("notice_required", SignalReport.Label), (asked!.Code, asked.Sentence));
        Assert.Null(book.Now());
        Assert.Equal("bad_enrolment", (await book.JoinAsync(text![..^1], true, Cancellation))?.Code);
        Assert.Equal("own_aggregator", (await aggregator.Get<ReportBook>().JoinAsync(text, true, Cancellation))?.Code);
        Assert.Null(await book.JoinAsync(text, agrees: true, Cancellation));

        Assert.Null(await Said(Film));
        Assert.Equal("net_private", (await Said(Rare))?.Code);
        Assert.Equal("net_schema", (await Said(NetSamples.Key))?.Code);
        Assert.Equal("net_schema", (await Said("nothing"))?.Code);
        var media = Directory.CreateDirectory(Path.Combine(node.Home, "secret")).FullName;
        await node.Get<ItemScopes>().SeenAsync(
            [new LocalItem(Secret, Path.Combine(media, "film.mkv"), 1)], Cancellation);
        Assert.Null(await Said(Secret));
        var enrolment = book.Now()!.Enrolment;
        Assert.Equal(2, book.Make(enrolment, SignalWorld.Week)!.Items.Count);
        // Marked after it was kept: it enters no report.
        Assert.Null((await node.Get<ItemScopes>().SetAsync(media, isSensitive: true, Cancellation)).Problem);
        Assert.Equal(Film, book.Make(enrolment, SignalWorld.Week)!.Items.Single().Key);
        Assert.Equal("net_private", (await Said(Secret))?.Code);
        Assert.Equal(2, node.Rows("signal_waiting"));
        await node.Get<Retractions>().SweepAsync();
        Assert.Equal(1, node.Rows("signal_waiting"));

        // What was kept for one aggregator is not told to another.
        var (other, _) = await aggregator.Get<Households>().EnrolAsync("Bea", Cancellation);
        Assert.Null(await book.JoinAsync(other!, agrees: true, Cancellation));
        Assert.Equal(0, node.Rows("signal_waiting"));
        Assert.Null(await Said(Film));
        await book.SentAsync(enrolment, SignalWorld.Week);
        Assert.Equal((1, null), (node.Rows("signal_waiting"), book.Now()!.SentWeek));

        Assert.True(await book.LeaveAsync(Cancellation));
        Assert.Equal(0, node.Rows("signal_waiting"));
        Assert.Equal("reporting_off", (await Said(Film))?.Code);

        Task<Problem?> Said(string key) => book.AddAsync(key, SignalMetric.Finished, isOpen: true, Cancellation);
    }

    [Fact]
    public async Task A_friend_who_reads_no_totals_is_in_step_all_the_same()
    {
        var (aggregator, friend) = (await Start(null), await Start(null));
        await Pair(aggregator, friend, InviteKind.Friend);
        await aggregator.Get<Aggregator>().StartAsync(Cancellation);
        Assert.Equal(2, aggregator.Writer.Groups().Count(g => g.Ring == "network"));
        await Eventually.True(
            () => aggregator.Mesh.View().Peers.Single().State == PeerState.InStep
                && friend.Mesh.View().Peers.Single().State == PeerState.InStep,
            "They are not in step.", aggregator, friend);
        Assert.All(aggregator.Mesh.View().Peers, p => Assert.Equal(0, p.BehindBy));
        Assert.DoesNotContain(friend.Writer.Groups(), g => g.Ring == "network");
    }

    [Fact]
    public async Task A_report_that_nobody_passes_on_waits_and_is_dropped_once_its_week_is_counted()
    {
        var (aggregator, node) = (await Start(null), await Start(null));
        await Pair(aggregator, node, InviteKind.Friend);
        await aggregator.Get<Aggregator>().StartAsync(Cancellation);
        var (text, _) = await aggregator.Get<Households>().EnrolAsync("Ada", Cancellation);
        Assert.Null(await node.Get<ReportBook>().JoinAsync(text!, agrees: true, Cancellation));
        await node.Add(Film, SignalMetric.Finished);
        _time.Set(SignalWorld.Sending);
        // Its only friend is the aggregator, who must not see from whom a report comes.
        await Eventually.True(
            () => node.Get<ReportPost>().View().Cause == ReportPost.NoRelay, "It says nothing.", node);
        Assert.Equal(1, node.Get<ReportBook>().Waiting());
        Assert.Equal(0, aggregator.Rows("signal_reports"));
        _time.Set(SignalWorld.Counting);
        await Eventually.True(() => node.Get<ReportBook>().Waiting() == 0, "It was not dropped.", node);
        Assert.Null(node.Get<ReportPost>().View().SentWeek);
    }

    /// <summary>The friend was given what it cannot open, and gave that on: not a byte tells whose it is.</summary>
    private void OnlyTheBoxWasSeen(LiveNode aggregator, LiveNode friend, IReadOnlyList<LiveNode> households)
    {
        var friendsBox = new SignalBox(friend.Get<NodeKey>().NodeSecret);
        var given = _atFriend.Requests.Where(r => r.Path == "/net/v1/relay").Select(r => BoxOf(r.Body)).ToList();
        var handed = _atAggregator.Requests.Where(r => r.Path == "/net/v1/reports").ToList();
        Assert.Equal(given.Order(), handed.Select(r => BoxOf(r.Body)).Order());
        Assert.True(given.Count >= 5);
        foreach (var box in given)
        {
            var bytes = Base64UrlText.Decode(box)!;
            Assert.Equal(SignalBox.SealedBytes, bytes.Length);
            Assert.Null(friendsBox.Open(bytes));
            Assert.NotNull(SignalReport.Read(aggregator.Get<SignalBox>().Open(bytes)));
        }

        foreach (var request in handed)
        {
            using var body = JsonDocument.Parse(request.Body);
            Assert.Equal("box", body.RootElement.EnumerateObject().Single().Name);
            var told = request.Headers + Encoding.UTF8.GetString(request.Body);
            foreach (var household in households)
            {
                Assert.DoesNotContain(household.Id.ToString(), told);
                Assert.DoesNotContain(Base64UrlText.Encode(household.Id.Value.ToArray()), told);
            }
        }

        Assert.DoesNotContain(_atAggregator.Requests, r => r.Path == "/net/v1/relay");
    }

    private static string BoxOf(byte[] body)
    {
        using var read = JsonDocument.Parse(body);
        return read.RootElement.GetProperty("box").GetString()!;
    }

    private static async Task<(HttpStatusCode Status, string Body)> Post(
        HttpClient http, Uri address, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<LiveNode> Enrolled(LiveNode aggregator, LiveNode friend, int at)
    {
        var node = await Start(null);
        await Pair(friend, node, InviteKind.Friend);
        var (text, problem) = await aggregator.Get<Households>().EnrolAsync($"Household {at}", Cancellation);
        Assert.Null(problem);
        Assert.Null(await node.Get<ReportBook>().JoinAsync(text!, agrees: true, Cancellation));
        return node;
    }

    private async Task<LiveNode> Start(Seen? seen)
    {
        var node = await SignalWorld.Start(_time, seen);
        _nodes.Add(node);
        return node;
    }
}
