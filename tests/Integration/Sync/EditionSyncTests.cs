using System.Net;
using System.Net.Http.Headers;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A hive of three nodes whose owner compacts it while one member is away.</summary>
public sealed class EditionSyncTests : IAsyncLifetime
{
    private readonly List<LiveNode> _nodes = [];
    private LiveNode _owner = null!;
    private LiveNode _member = null!;
    private LiveNode _absent = null!;
    private LocalAgent _ada = null!;
    private LocalAgent _bo = null!;
    private LocalAgent _cy = null!;
    private GroupId _group;
    private string _cats = "";
    private string _dogs = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member, _absent) = (await Started(), await Started(), await Started());
        (_ada, _bo, _cy) = (await Agent(_owner, "Ada"), await Agent(_member, "Bo"), await Agent(_absent, "Cy"));
        Done(await Commands(_owner).CreateHiveAsync(_ada, "pets", "Pets", "", "per_agent", Cancellation));
        _group = _owner.Get<HiveQueries>().Hive("pets")!.Group;
        await _member.Join(_owner, "pets");
        await _absent.Join(_owner, "pets");
        (_cats, _dogs) = (await Post(_owner, _ada, "Cats"), await Post(_owner, _ada, "Dogs"));
        await Eventually.InStep(_group, _owner, _member, _absent);
        await Comment(_absent, _cy, _cats, "Before leaving");
        await Eventually.InStep(_group, _owner, _member, _absent);
        await _absent.Stop();
        await LiveOn();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_behind_the_cut_reaches_equal_state()
    {
        var before = State(_owner);
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        Assert.Equal(before, State(_owner));
        await Eventually.InStep(_group, _owner, _member);

        // The absent member comes back, and writes before it hears of the edition.
        await _owner.Stop();
        await _member.Stop();
        await _absent.Restart();
        await Comment(_absent, _cy, _cats, "Unsent");
        await _owner.Restart();
        var newcomer = await Started();
        await newcomer.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _absent, newcomer);
        // Only now, as it could have served the log that the owner no longer holds.
        await _member.Restart();
        await Eventually.InStep(_group, _owner, _member, _absent, newcomer);

        // The member replayed every event; the others did not.
        Assert.Null(_member.Writer.EditionOf(_group));
        Assert.NotNull(_absent.Writer.EditionOf(_group));
        Assert.NotNull(newcomer.Writer.EditionOf(_group));
        Assert.Equal(State(_member), State(_owner));
        Assert.Equal(State(_member), State(_absent));
        Assert.Equal(State(_member), State(newcomer));
        foreach (var node in _nodes)
        {
            var hives = node.Get<HiveQueries>();
            Assert.Equal("Cats, edited twice", hives.Post(_cats, null)!.Title);
            Assert.Equal(TextState.Deleted, hives.Post(_dogs, null)!.Text);
            Assert.Equal(
                ["Before leaving", "Bo was here", "Unsent"],
                hives.Comments(_cats, null, 50, null)!.Items.Select(c => c.Content).Order());
        }
    }

    [Fact]
    public async Task Rows_can_be_folded_anew_from_what_an_edition_left_and_go_on_changing()
    {
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        var newcomer = await Started();
        await newcomer.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _member, newcomer);
        foreach (var node in new[] { _owner, newcomer })
        {
            await node.Writer.RefoldAsync(_group, Cancellation);
            Assert.Equal(State(_member), State(node));
        }

        await newcomer.Stop();
        await newcomer.Restart();
        var dee = await Agent(newcomer, "Dee");
        await Vote(newcomer, dee, _cats, 1);
        Done(await Commands(_owner).SetSettingAsync(_ada, "pets", "title", "More pets", Cancellation));
        await Eventually.InStep(_group, _owner, _member, newcomer);
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        await Eventually.InStep(_group, _owner, _member, newcomer);
        Assert.Single(new[] { _owner, _member, newcomer }.Select(State).Distinct());
    }

    [Fact]
    public async Task Below_the_cut_a_pull_gets_410_and_members_alone_get_the_file()
    {
        var edition = (await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation)).File;
        using var http = new HttpClient { BaseAddress = _owner.Address };
        var token = await _owner.TokenFor(_member.Id);
        var foreign = await _owner.TokenFor(NodeId.Of("nobody"u8));
        var file = $"/sync/v1/groups/{_group}/editions/{Base64UrlText.Encode(edition.ToArray())}";

        using var pull = await Get(
            http, $"/sync/v1/groups/{_group}/events?want={_owner.Writer.OwnChain}.0", token);
        Assert.Equal(HttpStatusCode.Gone, pull.StatusCode);
        var behind = Wire.TryRead(
            await pull.Content.ReadAsByteArrayAsync(Cancellation), SyncJson.Default.BehindReply)!;
        Assert.Equal(("behind_edition", Base64UrlText.Encode(edition.ToArray())), (behind.Error.Code, behind.Edition));

        using var whole = await Get(http, file, token);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        using var part = await Get(http, file, token, new RangeHeaderValue(1, 9));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("\"edition\"", await part.Content.ReadAsStringAsync(Cancellation));
        foreach (var (path, wrong) in new[]
        {
            (file, foreign), (file[..^1], token), (file[..^1] + "%2F", token),
            (file[..^43] + Base64UrlText.Encode(new byte[32]), token),
        })
        {
            using var refused = await Get(http, path, wrong);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_cut_waits_for_members_who_still_come_and_a_dry_run_changes_nothing()
    {
        var mesh = _owner.Get<Mesh>();
        var (vector, state) = (_owner.Writer.Durable(_group).Digest(), State(_owner));

        var (none, behind) = await mesh.CompactAsync("pets", dryRun: true, force: false, Cancellation);
        Assert.Equal((null, "members_behind"), (none, behind?.Code));
        var (dry, _) = await mesh.CompactAsync("pets", dryRun: true, force: true, Cancellation);
        Assert.InRange(dry!.After, 1, dry.Before - 1);
        Assert.Null(_owner.Writer.EditionOf(_group));
        Assert.Equal((vector, state), (_owner.Writer.Durable(_group).Digest(), State(_owner)));
        Assert.Equal("not_found", (await mesh.CompactAsync("cats", false, true, Cancellation)).Problem?.Code);
        var member = _member.Get<Mesh>();
        Assert.Equal("not_permitted", (await member.CompactAsync("pets", false, true, Cancellation)).Problem?.Code);

        await _absent.Restart();
        await Eventually.InStep(_group, _owner, _member, _absent);
        await Eventually.True(() => mesh.View().InStep == 2, "both members are heard in step", _owner);
        var (done, _) = await mesh.CompactAsync("pets", dryRun: false, force: false, Cancellation);
        Assert.Equal((dry.Before, dry.After), (done!.Before, done.After));
        Assert.Equal(done.File, _owner.Writer.EditionOf(_group)?.File);
    }

    [Fact]
    public async Task A_damaged_edition_is_refused_and_changes_nothing()
    {
        var edition = (await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation)).File;
        var file = await File.ReadAllBytesAsync(_owner.Get<EditionFiles>().PathOf(_group, edition), Cancellation);
        await _owner.Stop();
        await _member.Stop();
        await _absent.Restart();
        var (vector, state) = (_absent.Writer.Durable(_group).Digest(), State(_absent));
        var path = _absent.Get<EditionFiles>().PathOf(_group, edition);
        foreach (var part in new[] { 0.1, 0.5, 0.8 })
        {
            var damaged = file.ToArray();
            damaged[(int)(part * file.Length)] ^= 1;
            await File.WriteAllBytesAsync(path, damaged, Cancellation);
            Assert.NotEqual(EditionFault.None, await _absent.Writer.ImportAsync(_group, edition, Cancellation));
            Assert.Equal((vector, state), (_absent.Writer.Durable(_group).Digest(), State(_absent)));
            Assert.Null(_absent.Writer.EditionOf(_group));
        }

        await Comment(_absent, _cy, _cats, "Written in between");
        await File.WriteAllBytesAsync(path, file, Cancellation);
        Assert.Equal(EditionFault.None, await _absent.Writer.ImportAsync(_group, edition, Cancellation));
        await _owner.Restart();
        await Eventually.InStep(_group, _owner, _absent);
        Assert.Equal(State(_owner), State(_absent));
    }

    /// <summary>Edits, changed votes, a moderator's deletion, joins, a ban and a setting.</summary>
    private async Task LiveOn()
    {
        foreach (var title in new[] { "Cats, edited", "Cats, edited twice" })
            Done(await Commands(_owner).EditPostAsync(_ada, _cats, title, null, null, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        foreach (var value in new[] { 1, -1, 1 }) await Vote(_member, _bo, _cats, value);
        await Vote(_member, _bo, _dogs, -1);
        await Comment(_member, _bo, _cats, "Bo was here");
        Done(await Commands(_owner).SetModeratorAsync(_ada, "pets", _member.Id, _bo.Id, true, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        Done(await Commands(_member).DeleteAsync(_bo, _dogs, null, Cancellation));
        Done(await Commands(_member).JoinAsync(_bo, "pets", Cancellation));
        Done(await Commands(_member).LeaveAsync(_bo, "pets", Cancellation));
        Done(await Commands(_member).JoinAsync(_bo, "pets", Cancellation));
        Done(await Commands(_owner).SetSettingAsync(_ada, "pets", "title", "All pets", Cancellation));
        Done(await Commands(_owner).BanAsync(_ada, "pets", _member.Id, new string('q', 16), true, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
    }

    private static HiveCommands Commands(LiveNode node) => node.Get<HiveCommands>();

    private async Task<LiveNode> Started()
    {
        var node = await LiveNode.Start();
        _nodes.Add(node);
        return node;
    }

    private Hash256 State(LiveNode node) => node.Get<HiveQueries>().StateDigest(_group);

    private static async Task<LocalAgent> Agent(LiveNode node, string name) =>
        (await node.Get<AgentRegistry>().RegisterAsync(name, null, Cancellation)).Agent!;

    private static async Task<string> Post(LiveNode node, LocalAgent agent, string title) =>
        Done(await Commands(node).PostAsync(agent, "pets", title, "Text", null, Cancellation));

    private static async Task Comment(LiveNode node, LocalAgent agent, string post, string text) =>
        Done(await Commands(node).CommentAsync(agent, post, null, text, Cancellation));

    private static async Task Vote(LiveNode node, LocalAgent agent, string item, int value) =>
        Done(await Commands(node).VoteAsync(agent, item, value, Cancellation));

    private static string Done(WriteOutcome outcome)
    {
        Assert.Null(outcome.Problem);
        return outcome.Id!;
    }

    private static Task<HttpResponseMessage> Get(
        HttpClient http, string path, string token, RangeHeaderValue? range = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Range = range;
        return http.SendAsync(request, Cancellation);
    }
}
