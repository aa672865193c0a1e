using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Deleted and lapsed text goes on every node, and the owner sees who has confirmed it.</summary>
public sealed class ErasureTests
{
    private const string Text = "Zymurgy and xylography";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_confirm_an_erasure_by_holding_the_deletion()
    {
        await using var a = await LiveNode.Start();
        await using var b = await LiveNode.Start();
        var (agent, group, post) = await Posted(a);
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        Assert.Empty(a.Get<HiveQueries>().Erasures("cats")!);
        Assert.Null(a.Get<HiveQueries>().Erasures("dogs"));
        await b.Stop();
        HiveNode.Done(await a.Get<HiveCommands>().DeleteAsync(agent, post, null, Cancellation));
        var open = Assert.Single(a.Get<HiveQueries>().Erasures("cats")!);
        Assert.Equal((post, 1), (open.Id, open.Confirmed.Of));

        await b.Restart();
        await Eventually.InStep(group, a, b);
        await Eventually.True(
            () => a.Get<HiveQueries>().Erasures("cats")![0].Confirmed.Reached == 1, "Nobody confirms.", a, b);
        await b.Stop();
        await a.Stop();
        Assert.All([a, b], n => Assert.DoesNotContain(Text, AllBytes(n.Home), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_older_than_a_hive_keeps_goes_everywhere()
    {
        var time = new ShiftedTime(TimeSpan.FromDays(-3));
        await using var a = await LiveNode.Start(time);
        await using var b = await LiveNode.Start();
        var (agent, group, old) = await Posted(a);
        time.SetAhead(TimeSpan.Zero);
        await a.Restart(stopFirst: true);
        var young = HiveNode.Done(await a.Get<HiveCommands>().PostAsync(
            agent, "cats", "Young", "Stays", null, Cancellation));
        Assert.Equal(0, await a.Get<Retention>().SweepAsync(Cancellation));
        foreach (var wrong in new[] { "-1", "1.5", "soon", "99999999" })
            Assert.Equal("bad_retention", (await a.Get<HiveCommands>()
                .SetSettingAsync(agent, "cats", "retention_days", wrong, Cancellation)).Problem?.Code);
        HiveNode.Done(await a.Get<HiveCommands>().SetSettingAsync(
            agent, "cats", "retention_days", "2", Cancellation));
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        Assert.Equal(0, await b.Get<Retention>().SweepAsync(Cancellation));
        Assert.Equal(1, await a.Get<Retention>().SweepAsync(Cancellation));
        Assert.Equal(0, await a.Get<Retention>().SweepAsync(Cancellation));
        await Eventually.InStep(group, a, b);
        Assert.Equal(a.Get<HiveQueries>().StateDigest(group), b.Get<HiveQueries>().StateDigest(group));
        Assert.Equal(old, Assert.Single(b.Get<HiveQueries>().Erasures("cats")!).Id);
        Assert.NotEqual(old, young);
        await b.Stop();
        Assert.DoesNotContain(Text, AllBytes(b.Home), StringComparison.Ordinal);
    }

    private static async Task<(LocalAgent Agent, GroupId Group, string Post)> Posted(LiveNode node)
    {
        var agent = await node.Get<AgentRegistry>().OwnerAsync(Cancellation);
        HiveNode.Done(await node.Get<HiveCommands>().CreateHiveAsync(
            agent, "cats", "Cats", "", "pseudonymous", Cancellation));
        var post = HiveNode.Done(await node.Get<HiveCommands>().PostAsync(
            agent, "cats", "A cat", Text, null, Cancellation));
        return (agent, node.Get<HiveNames>().Find("cats")!.Value, post);
    }

    /// <summary>Whatever a node has on disk, its write-ahead log included.</summary>
    private static string AllBytes(string home) => string.Concat(
        Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "lock")
            .Select(f => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(f))));
}
