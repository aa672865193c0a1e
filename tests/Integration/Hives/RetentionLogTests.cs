using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What retention deleted, told apart from what people did and folded where people read.</summary>
public sealed class RetentionLogTests : IAsyncLifetime
{
    // More than a page reads at once.
    private const int Old = 1003;

    private readonly ShiftedTime _time = new(TimeSpan.FromDays(-3));
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private LocalAgent _owner = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(_time), await LiveNode.Start(_time));
        _owner = await _a.Get<AgentRegistry>().OwnerAsync(Cancellation);
        HiveNode.Done(await _a.Get<HiveCommands>().CreateHiveAsync(
            _owner, "cats", "Cats", "", "pseudonymous", Cancellation));
        _group = _a.Get<HiveQueries>().Hive("cats")!.Group;
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Deletions_by_retention_are_marked_folded_for_people_and_left_out_where_asked()
    {
        await Post(Old);
        await Set("retention_days", "2");
        await Move(TimeSpan.Zero);
        var young = await Post(3);
        // A person may say the same words of what is not old enough.
        HiveNode.Done(await _a.Get<HiveCommands>().DeleteAsync(_owner, young[0], RetentionRule.Reason, Cancellation));
        Assert.Equal(Old, await _a.Get<Retention>().SweepAsync(Cancellation));
        await Set("title", "Felines");
        await Move(TimeSpan.FromDays(3));
        Assert.Equal(2, await _a.Get<Retention>().SweepAsync(Cancellation));
        await Eventually.InStep(_group, _a, _b);

        foreach (var queries in new[] { _a.Get<HiveQueries>(), _b.Get<HiveQueries>() })
        {
            // A run is whole however small the page, but goes on where it is very long.
            (ModerationAct, bool, int)[] lines =
            [
                (ModerationAct.PostRemoved, true, 2), (ModerationAct.SettingChanged, false, 1),
                (ModerationAct.PostRemoved, true, 997), (ModerationAct.PostRemoved, true, Old - 997),
                (ModerationAct.PostRemoved, false, 1), (ModerationAct.SettingChanged, false, 1),
                (ModerationAct.NodeAdmitted, false, 1), (ModerationAct.Founded, false, 1),
            ];
            Assert.Equal(lines, Folded(queries, 100).Select(r => (r.Newest.Act, r.Newest.ByRetention, r.Count)));
            var small = Folded(queries, 1).ToList();
            Assert.Equal(Old + 2, small.Where(r => r.Newest.ByRetention).Sum(r => r.Count));
            Assert.All(small, r => Assert.True(r.OldestMs <= r.Newest.AtMs));
            Assert.Equal([2, 100, 3], small.Where(r => r.Count > 1).Select(r => r.Shown.Count));
        }

        await By_page_api_and_command(young[0]);
    }

    private async Task By_page_api_and_command(string byHand)
    {
        using var http = new HttpClient { BaseAddress = _b.Address };
        var file = Path.Combine(_b.Home, Anarchive.Web.OwnerToken.FileName);
        http.DefaultRequestHeaders.Authorization = new("Bearer",
            (await File.ReadAllTextAsync(file, Cancellation)).Trim());
        const string path = "/api/v1/hives/cats/moderation";
        var (causes, next) = (new List<string?>(), "");
        while (next is not null)
        {
            var page = JsonNode.Parse(await http.GetStringAsync($"{path}?limit=100{next}", Cancellation))!;
            causes.AddRange(page["items"]!.AsArray().Select(l => (string?)l!["cause"]));
            next = (string?)page["next"] is { } cursor ? "&cursor=" + cursor : null;
        }

        Assert.Equal((Old + 2, 5), (causes.Count(c => c == "retention"), causes.Count(c => c is null)));
        var left = JsonNode.Parse(await http.GetStringAsync(path + "?retention=false", Cancellation))!;
        Assert.Null(left["next"]);
        Assert.Equal(
            ["setting_changed", "post_removed", "setting_changed", "node_admitted", "founded"],
            left["items"]!.AsArray().Select(l => (string)l!["act"]!));
        Assert.Equal((byHand, RetentionRule.Reason),
            ((string)left["items"]![1]!["target_id"]!, (string)left["items"]![1]!["reason"]!));
        using var bad = await http.GetAsync(new Uri(path + "?retention=no", UriKind.Relative), Cancellation);
        Assert.Equal((400, "bad_filter"), ((int)bad.StatusCode, (string?)JsonNode.Parse(
            await bad.Content.ReadAsStringAsync(Cancellation))!["code"]));

        var shown = WebUtility.HtmlDecode(await http.GetStringAsync("/h/cats/settings", Cancellation));
        Assert.Contains("removed 2 posts and comments", shown);
        Assert.Contains("The 100 newest are listed here", shown);
        Assert.DoesNotContain(RetentionRule.Reason, shown);
        var older = WebUtility.HtmlDecode(await http.GetStringAsync(
            "/h/cats/moderation?cursor=" + _b.Get<HiveQueries>().ModerationRuns("cats", null, 50)!.Next, Cancellation));
        Assert.Contains($"removed {Old - 997} posts and comments", older);
        Assert.Contains(RetentionRule.Reason, older);
        var run = await CommandRun.On(_b, "hive", "moderation", "cats", "--no-retention", "--json");
        Assert.Equal(5, JsonNode.Parse(run.Results)!["items"]!.AsArray().Count);
        var text = await CommandRun.On(_b, "hive", "moderation", "cats");
        Assert.Equal(0, text.Exit);
        Assert.Contains("older than the hive keeps", text.Results, StringComparison.Ordinal);
    }

    private static IEnumerable<ModerationRun> Folded(HiveQueries queries, int limit)
    {
        string? cursor = null;
        do
        {
            var page = queries.ModerationRuns("cats", cursor, limit)!;
            Assert.True(page.Items.Count <= limit);
            foreach (var run in page.Items) yield return run;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private async Task<string[]> Post(int count)
    {
        var agent = await _b.Get<AgentRegistry>().OwnerAsync(Cancellation);
        var profile = new AgentProfile(agent.Id, agent.Name);
        var written = new List<string>();
        for (var done = 0; done < count; done += 200)
        {
            Draft[] drafts = [.. Enumerable.Range(done, Math.Min(200, count - done)).Select(n =>
                HiveDrafts.Make("post_created", new PostCreated(profile, $"Post {n}")).Draft!)];
            var batch = await _b.Writer.WriteAsync(_group, drafts, Cancellation);
            written.AddRange(batch.Select(e => e.ShortId(_group)));
        }

        await Eventually.InStep(_group, _a, _b);
        return [.. written];
    }

    private async Task Set(string key, string value)
    {
        HiveNode.Done(await _a.Get<HiveCommands>().SetSettingAsync(_owner, "cats", key, value, Cancellation));
        await Eventually.InStep(_group, _a, _b);
    }

    private async Task Move(TimeSpan ahead)
    {
        await _b.Stop();
        _time.SetAhead(ahead);
        await _a.Restart(stopFirst: true);
        await _b.Restart();
        await Eventually.InStep(_group, _a, _b);
    }
}
