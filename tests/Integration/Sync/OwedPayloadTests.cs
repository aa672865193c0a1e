using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class OwedPayloadTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task An_owed_text_is_fetched_from_a_peer_that_has_it()
    {
        var places = await Posts(_b, 3);
        var whole = State(_b);
        Assert.Equal(whole, State(_a));
        await Lose(_a, places[1]);
        await Lose(_a, places[2]);
        Assert.Equal(2, Owed(_a));
        Assert.NotEqual(whole, State(_a));
        await Eventually.True(() => Asks(_a, _b) && Owed(_a) == 0, "Still owed.", _a, _b);
        // The vector never moved: the digest of the rows has to follow all the same.
        Assert.Equal(whole, State(_a));
        Assert.NotNull(_a.Get<IEventReader>().Find(_group, places[1])!.Payload);
    }

    [Fact]
    public async Task A_status_tells_what_is_owed()
    {
        var places = await Posts(_b, 1);
        await Eventually.True(
            async () =>
            {
                // A heartbeat in between may have brought it back.
                await Lose(_b, places[0]);
                await Lose(_a, places[0]);
                var client = _b.Get<PeerClient>().Of(_a.Id, _group);
                var status = await client.StatusAsync(TestContext.Current.CancellationToken);
                return (status.Owed, status.Backlog) == (1, 0);
            },
            () => "The status does not say so.");
    }

    [Fact]
    public async Task A_text_that_nobody_has_stays_owed()
    {
        var places = await Posts(_b, 2);
        await Lose(_b, places[0]);
        await Lose(_b, places[1]);
        await Lose(_a, places[0]);
        var state = State(_a);
        await _a.Get<OwedPayloads>().FetchAsync(
            _b.Id, _a.Get<PeerClient>().Of(_b.Id, _group), TestContext.Current.CancellationToken);
        Assert.Equal((1, state), (Owed(_a), State(_a)));
    }

    [Fact]
    public async Task Nothing_but_the_promised_payload_fits()
    {
        var places = await Posts(_b, 2);
        var cancellation = TestContext.Current.CancellationToken;
        var right = _a.Get<IEventReader>().Find(_group, places[0])!.Payload!.Value;
        var other = _a.Get<IEventReader>().Find(_group, places[1])!.Payload!.Value;
        var unknown = places[0] with { Seq = 999 };
        await _b.Stop();
        await Lose(_a, places[0]);
        Assert.Equal(0, await _a.Writer.FillAsync(
            _group, [(places[0], other), (places[1], other), (unknown, right)], cancellation));
        Assert.Equal(1, Owed(_a));
        Assert.Equal(1, await _a.Writer.FillAsync(_group, [(places[0], right), (places[0], right)], cancellation));
        Assert.Equal(0, Owed(_a));
    }

    [Fact]
    public async Task A_deleted_text_is_not_owed_and_never_comes_back()
    {
        var places = await Posts(_b, 1);
        var target = _b.Get<IEventReader>().Find(_group, places[0])!;
        await Write(_b, new Draft(
            new Kind("post_deleted"), """{"agent_id":"aaaaaaaaaaaaaaaa"}"""u8.ToArray(), [target.Header.Ref]));
        await Eventually.InStep(_group, _a, _b);
        Assert.Null(_a.Get<IEventReader>().Find(_group, places[0])!.Payload);
        Assert.Equal(0, Owed(_a));
        await _a.Writer.FillAsync(
            _group, [(places[0], target.Payload!.Value)], TestContext.Current.CancellationToken);
        Assert.Null(_a.Get<IEventReader>().Find(_group, places[0])!.Payload);
        Assert.Equal(State(_b), State(_a));
    }

    private async Task<IReadOnlyList<Position>> Posts(LiveNode node, int count)
    {
        var drafts = Enumerable.Range(0, count).Select(i => new Draft(
            new Kind("post_created"),
            System.Text.Encoding.UTF8.GetBytes(
                $$"""{"agent":{"agent_id":"aaaaaaaaaaaaaaaa","name":"bo"},"title":"Text {{i}}"}"""),
            []));
        var written = await Write(node, [.. drafts]);
        await Eventually.InStep(_group, _a, _b);
        return [.. written.Select(w => w.Position)];
    }

    private Task<IReadOnlyList<EventRef>> Write(LiveNode node, params Draft[] drafts) =>
        node.Writer.WriteAsync(_group, drafts, TestContext.Current.CancellationToken);

    /// <summary>The text is gone and no tombstone says why, as after a deletion that was taken back.</summary>
    private async Task Lose(LiveNode node, Position place)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await node.Writer.OnWriterAsync(
            _ =>
            {
                node.Get<SqliteEventStore>().Erase(_group, place);
                return true;
            },
            cancellation);
        await node.Writer.RefoldAsync(_group, cancellation);
    }

    private long Owed(LiveNode node) => node.Get<HiveQueries>().Owed(_group);

    private Hash256 State(LiveNode node) => node.Get<HiveQueries>().StateDigest(_group);

    private static bool Asks(LiveNode node, LiveNode peer) => node.Mesh.Retry(peer.Id) is null;
}
