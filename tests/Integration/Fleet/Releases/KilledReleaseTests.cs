using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Nodes that are killed in the middle of a release, as processes of their own.</summary>
public sealed class KilledReleaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_releaser_killed_between_lock_and_rename_has_let_nothing_go()
    {
        await using var home = await Household.Start();
        await home.A.Node.Stop();
        var a = new NodeAtWork(home.A.Node.Home);
        await a.Start();
        await Begun(a);
        await a.Kill();
        Assert.Equal(3, home.Files());
        await a.Start();
        await Eventually.True(
            async () => (string?)(await Release(a))["outcome"] == ReleaseCodes.Abandoned, () => "It goes on.");
        Assert.Equal("ended", (string?)(await Release(a))["stage"]);
        Assert.Equal(3, home.Files());
        await a.Stop();
    }

    [Fact]
    public async Task A_holder_killed_after_its_word_keeps_it()
    {
        await using var home = await Household.Start(t => t with { WaitMs = 60_000, TtlMs = 600_000 });
        var listen = home.B.Node.PeerAddress.GetLeftPart(UriPartial.Authority);
        await home.B.Node.Stop();
        await File.WriteAllTextAsync(
            Path.Combine(home.B.Node.Home, "config.json"), $$$"""{"peers":{"listen":"{{{listen}}}"}}""", Cancellation);
        var b = new NodeAtWork(home.B.Node.Home);
        await b.Start();
        await Eventually.True(
            async () =>
            {
                if (Household.Of(home.A) is null or { Stage: ReleaseStage.Ended }) await Household.Release(home.A);
                return Household.Of(home.A) is { Stage: ReleaseStage.Waiting };
            },
            () => $"No lock is granted: {Household.Of(home.A)}");
        await b.Kill();
        await b.Start();
        var refused = await b.Run("fleet", "release", "start", Household.Item.ToString()[..12], "--apply", "--json");
        Assert.Equal((1, ReleaseCodes.LockedForOther), (refused.Exit, refused.Read("code")));
        Assert.Equal("false", refused.Read("begun"));
        Assert.Equal(3, home.Files());
        await b.Stop();
    }

    /// <summary>Until the holders have locked; the wait of ten minutes has begun.</summary>
    private static Task Begun(NodeAtWork node) => Eventually.True(
        async () =>
        {
            var all = await node.Done("fleet", "release", "list");
            if (all["releases"]!.AsArray() is [JsonObject { } one] && (string?)one["stage"] != "ended")
                return (string?)one["stage"] == "waiting";
            // Refused while the holders cannot be asked yet.
            await node.Run("fleet", "release", "start", Household.Item.ToString(), "--apply");
            return false;
        },
        () => "No locks are granted.");

    private static async Task<JsonNode> Release(NodeAtWork node) =>
        Assert.Single((await node.Done("fleet", "release", "list"))["releases"]!.AsArray())!;
}
