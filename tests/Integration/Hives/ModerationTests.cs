using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What owners and moderators did, as every member can read it.</summary>
public sealed class ModerationTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script> \u05d0\u05d1";

    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private LocalAgent _owner = null!;
    private LocalAgent _moderator = null!;
    private GroupId _group;
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _owner = await _a.Get<AgentRegistry>().OwnerAsync(Cancellation);
        HiveNode.Done(await _a.Get<HiveCommands>().CreateHiveAsync(
            _owner, "cats", "Cats", "", "pseudonymous", Cancellation));
        _group = _a.Get<HiveQueries>().Hive("cats")!.Group;
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        _moderator = await _b.Get<AgentRegistry>().OwnerAsync(Cancellation);
        HiveNode.Done(await _b.Get<HiveCommands>().JoinAsync(_moderator, "cats", Cancellation));
        await Eventually.InStep(_group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Every_act_of_rank_stands_in_the_log_of_every_member_newest_first_and_in_pages()
    {
        var post = HiveNode.Done(await _b.Get<HiveCommands>().PostAsync(
            _moderator, "cats", "Dogs", null, null, Cancellation));
        await Eventually.InStep(_group, _a, _b);
        HiveNode.Done(await _a.Get<HiveCommands>().DeleteAsync(_owner, post, Hostile, Cancellation));
        HiveNode.Done(await _a.Get<HiveCommands>().SetSettingAsync(_owner, "cats", "title", Hostile, Cancellation));
        HiveNode.Done(await Ban(true));
        HiveNode.Done(await Ban(false));
        await Name();
        await Eventually.InStep(_group, _a, _b);
        string[] acts = [.. Log(_a).Select(l => l.Act.ToString())];
        Assert.Equal(
            ["ModeratorNamed", "Unbanned", "Banned", "SettingChanged", "PostRemoved", "NodeAdmitted", "Founded"], acts);
        Assert.Equal(acts, Log(_b).Select(l => l.Act.ToString()));

        var removed = Log(_b).Single(l => l.Act == ModerationAct.PostRemoved);
        Assert.Equal((post, Hostile, _a.Id), (removed.Target, removed.Reason, removed.By));
        Assert.Equal(_b.Id, Assert.Single(Log(_a).Single(l => l.Act == ModerationAct.NodeAdmitted).Nodes));
        Assert.Equal(_moderator.Id, Log(_a)[0].Subject?.AgentId);
        Assert.All(Log(_a), l => Assert.False(l.OwnerStands));

        await Same_by_page_api_and_command(acts);
    }

    [Fact]
    public async Task A_moderators_word_against_the_owners_is_refused_and_one_written_unknowing_is_marked()
    {
        await Name();
        await Eventually.InStep(_group, _a, _b);
        var (a, b) = (_a.Get<HiveCommands>(), _b.Get<HiveCommands>());
        HiveNode.Done(await b.SetSettingAsync(_moderator, "cats", "title", "From a moderator", Cancellation));
        await Eventually.InStep(_group, _a, _b);
        HiveNode.Done(await a.SetSettingAsync(_owner, "cats", "title", "From the owner", Cancellation));
        HiveNode.Done(await a.BanAsync(_owner, "cats", _b.Id, "aaaaaaaaaaaaaaaa", true, Cancellation));
        await Eventually.InStep(_group, _a, _b);
        var before = _b.Writer.Durable(_group).Digest();
        var set = await b.SetSettingAsync(_moderator, "cats", "title", "Mine again", Cancellation);
        var lift = await b.BanAsync(_moderator, "cats", _b.Id, "aaaaaaaaaaaaaaaa", false, Cancellation);
        Assert.Equal(("owner_stands", "owner_stands"), (set.Problem?.Code, lift.Problem?.Code));
        Assert.Equal(before, _b.Writer.Durable(_group).Digest());
        Assert.True(_b.Get<HiveQueries>().Settings("cats").Single(s => s.Key == "title").IsOwners);
        HiveNode.Done(await b.SetSettingAsync(_moderator, "cats", "description", "Free", Cancellation));

        // As by a node that has not heard of the owner's yet.
        var grant = _b.Writer.AuthorityOf(_group).GrantOf(_b.Id, _moderator.Id);
        var (draft, _) = HiveDrafts.Make(
            "hive_setting_changed", new HiveSettingChanged(_moderator.Id, "title", "Unknowing"), grant);
        await _b.Writer.WriteAsync(_group, [draft!], Cancellation);
        var changes = Log(_b).Where(l => l.Act == ModerationAct.SettingChanged).Select(l => (l.Value, l.OwnerStands));
        Assert.Equal(
            [("Unknowing", true), ("Free", false), ("From the owner", false), ("From a moderator", false)], changes);
        Assert.Equal("From the owner", _b.Get<HiveQueries>().Hive("cats")!.Title);
        // Nor does it begin to count when the owner speaks once more.
        HiveNode.Done(await a.SetSettingAsync(_owner, "cats", "title", "From the owner", Cancellation));
        await Eventually.InStep(_group, _a, _b);
        Assert.True(Log(_b).Single(l => l.Value == "Unknowing").OwnerStands);
        Assert.False(Log(_b).Single(l => l.Value == "From a moderator").OwnerStands);
        using var http = await Owner(_b);
        var page = WebUtility.HtmlDecode(await http.GetStringAsync("/h/cats/settings", Cancellation));
        Assert.Contains("The owner's value stands.", page);
        Assert.Contains("It changed nothing: the owner's word stands.", page);
    }

    [Fact]
    public async Task Whoever_has_no_rank_adds_no_line_and_a_hive_that_is_handed_over_says_so()
    {
        await _b.Writer.WriteAsync(
            _group,
            [HiveDrafts.Make("hive_setting_changed", new HiveSettingChanged(_moderator.Id, "title", "Mine")).Draft!],
            Cancellation);
        var (consent, _) = _b.Get<Ownership>().Consent("cats");
        Assert.Null(await _a.Get<Ownership>().TransferAsync("cats", _b.Id.ToString(), consent!, false, Cancellation));
        await Eventually.InStep(_group, _a, _b);
        foreach (var node in new[] { _a, _b })
        {
            Assert.Equal(
                [ModerationAct.OwnerTransferred, ModerationAct.NodeAdmitted, ModerationAct.Founded],
                Log(node).Select(l => l.Act));
            Assert.Equal((_a.Id, _b.Id), (Log(node)[0].By, Log(node)[0].Nodes[0]));
        }
    }

    [Fact]
    public async Task What_a_thief_wrote_as_the_owner_is_no_line_once_the_owner_has_recovered()
    {
        await _a.Stop();
        var stolen = TemporaryDirectory.Copy(_a.Home, _scratch.At("stolen"));
        await using (var thief = await LiveNode.Start(directory: stolen))
        {
            var agent = await thief.Get<AgentRegistry>().OwnerAsync(Cancellation);
            HiveNode.Done(await thief.Get<HiveCommands>().SetModeratorAsync(
                agent, "cats", _b.Id, _moderator.Id, true, Cancellation));
            await Eventually.InStep(_group, thief, _b);
            Assert.Contains(Log(_b), l => l.Act == ModerationAct.ModeratorNamed);
        }

        using (var directory = DataDirectory.Open(_a.Home)) KeyFile.Recover(directory, null, new SystemRandom());
        await _a.Restart();
        await Eventually.InStep(_group, _a, _b);
        Assert.Equal([ModerationAct.NodeAdmitted, ModerationAct.Founded], Log(_b).Select(l => l.Act));
    }

    [Fact]
    public async Task Nobody_is_said_to_own_a_hive_who_never_took_it_over()
    {
        var (consent, _) = _b.Get<Ownership>().Consent("cats");
        var given = OwnerConsent.TryParse(consent!)!;
        var after = _a.Writer.Durable(_group).ReachOf(_a.Id);
        var made = new OwnerTransferred(
            _b.Id.ToString(), given.From, after, given.Keys, Base64UrlText.Encode(new byte[64]));
        var draft = new Draft(EngineKinds.OwnerTransferred, EngineKinds.Write(made), []);
        await _a.Writer.WriteAsync(_group, [draft], Cancellation);
        Assert.Equal(_a.Id, _a.Writer.AuthorityOf(_group).Owner);
        Assert.DoesNotContain(Log(_a), l => l.Act == ModerationAct.OwnerTransferred);
    }

    private static async Task<HttpClient> Owner(LiveNode node)
    {
        var http = new HttpClient { BaseAddress = node.Address };
        var file = Path.Combine(node.Home, Anarchive.Web.OwnerToken.FileName);
        var token = await File.ReadAllTextAsync(file, Cancellation);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.Trim());
        return http;
    }

    private static List<ModerationView> Log(LiveNode node) =>
        [.. node.Get<HiveQueries>().Moderation("cats", null, 100, true)!.Items];

    private async Task Same_by_page_api_and_command(string[] acts)
    {
        using var http = await Owner(_b);
        var (seen, path) = (new List<string>(), "/api/v1/hives/cats/moderation?limit=3");
        for (string? cursor = ""; cursor is not null;)
        {
            var page = JsonNode.Parse(await http.GetStringAsync(path + cursor, Cancellation))!;
            Assert.True(page["items"]!.AsArray().Count <= 3);
            seen.AddRange(page["items"]!.AsArray().Select(l => (string)l!["act"]!));
            cursor = (string?)page["next"] is { } next ? "&cursor=" + next : null;
        }

        Assert.Equal(acts.Select(a => a.ToUpperInvariant()), seen.Select(a => a.Replace("_", "").ToUpperInvariant()));
        using var bad = await http.GetAsync(
            new Uri("/api/v1/hives/cats/moderation?cursor=x", UriKind.Relative), Cancellation);
        Assert.Equal((400, "bad_cursor"), ((int)bad.StatusCode, (string?)JsonNode.Parse(
            await bad.Content.ReadAsStringAsync(Cancellation))!["code"]));
        var shown = await http.GetStringAsync("/h/cats/moderation", Cancellation);
        Assert.Contains("&lt;script&gt;alert(1)", shown);
        Assert.DoesNotContain("<script>alert", shown);
        var run = await CommandRun.On(_b, "hive", "moderation", "cats", "--json");
        Assert.Equal(acts.Length, JsonNode.Parse(run.Results)!["items"]!.AsArray().Count);
        var text = await CommandRun.On(_b, "hive", "moderation", "cats");
        Assert.Equal((0, true), (text.Exit, text.Results.Contains("post removed", StringComparison.Ordinal)));
        var none = await CommandRun.On(_b, "hive", "moderation", "dogs", "--json");
        Assert.Equal((1, "not_found"), (none.Exit, none.Code));
    }

    private Task<WriteOutcome> Ban(bool banned) => _a.Get<HiveCommands>().BanAsync(
        _owner, "cats", _b.Id, _moderator.Id, banned, Cancellation);

    private async Task Name() => HiveNode.Done(await _a.Get<HiveCommands>().SetModeratorAsync(
        _owner, "cats", _b.Id, _moderator.Id, true, Cancellation));
}
