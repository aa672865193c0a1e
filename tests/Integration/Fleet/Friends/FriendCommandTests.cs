using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The commands about friends' room, asked of the two running nodes.</summary>
public sealed class FriendCommandTests
{
    [Fact]
    public async Task Room_is_lent_filled_and_given_back_by_commands_that_tell_first()
    {
        await using var all = await Neighbours.Start();
        foreach (var box in new[] { all.A, all.F }) await box.Reachable();
        var (a, f, item) = (all.A.Node.Id.ToString(), all.F.Node.Id.ToString(), Neighbours.Item.ToString());
        await all.A.Hold(Neighbours.Film, Neighbours.Size, 7);
        await all.A2.Hold(Neighbours.Film, Neighbours.Size, 7);
        await Eventually.True(() => all.Verified() == 2, "Not both copies are known.", all.A.Node);

        Assert.Equal("friend_unknown", await Code(all.F, "lend", "nobody", "--volume", "disk", "--bytes", "1MB"));
        Assert.Equal("not_found", await Code(all.F, "lend", a, "--volume", "no disk", "--bytes", "1MB"));
        Assert.Equal("usage", await Code(all.F, "lend", a, "--volume", "disk", "--bytes", "much"));
        Assert.Equal("bad_size", await Code(all.F, "lend", a, "--volume", "disk", "--bytes", "0"));
        Assert.Equal(2_500_000, (long)(await Done(all.F, "lend", a, "--volume", "disk", "--bytes", "2.5MB"))["bytes"]!);

        var refused = await Run(all.A, "keep", item[..8], "--at", f);
        Assert.Equal(1, refused.Exit);
        Assert.Contains("If it is your own, say so with --own", refused.Results);
        Assert.DoesNotContain("item_private", refused.Results);
        Assert.Equal(
            "item_private",
            (string?)JsonNode.Parse((await Run(all.A, "keep", item[..8], "--at", f, "--json")).Results)!["code"]);
        var told = await Run(all.A, "keep", item[..8], "--at", f, "--own");
        Assert.Equal(0, told.Exit);
        Assert.Contains("and can read them. Do it with --apply.", told.Results);
        Assert.Null(all.Standing());
        Assert.True((bool)(await Done(all.A, "keep", item[..8], "--at", f, "--own", "--apply"))["asked"]!);
        await all.Reaches(() => all.Standing() is { State: "kept" } && all.Verified() == 3);

        var kept = (await Done(all.A, "list"))["friends"]![0]!;
        Assert.Equal((f, 2_500_000L - Neighbours.Size), ((string?)kept["friend"], (long)kept["free"]!));
        Assert.Equal("kept", (string?)kept["copies"]![0]!["state"]);
        Assert.Contains("keeps", (await Run(all.A, "list")).Results);
        var lent = (await Done(all.F, "list"))["loans"]![0]!;
        Assert.Equal(
            (a, (long)Neighbours.Size, 1), ((string?)lent["friend"], (long)lent["used"]!, (int)lent["copies"]!));

        Assert.False((bool)(await Done(all.A, "drop", item[..8], "--at", f))["begun"]!);
        Assert.Contains("2 of 2 copies are elsewhere", (await Run(all.A, "drop", item[..8], "--at", f)).Results);
        Assert.False((bool)(await Done(all.F, "end", a))["done"]!);
        Assert.Null(all.F.Node.Get<LoanBook>().Find(all.A.Node.Id)!.EndsMs);
        Assert.True((bool)(await Done(all.F, "end", a, "--apply"))["done"]!);
        await all.Look();
        var status = await all.A.Run("fleet", "status");
        Assert.Contains("It sets what it keeps for you aside in 13 days, and deletes it a week later.", status.Results);
        Assert.True((bool)(await Done(all.A, "drop", item[..8], "--at", f, "--apply"))["begun"]!);
        await Eventually.True(
            () => all.A.Node.Get<ReleaseBook>().Releases.SingleOrDefault()?.Progress
                is { Stage: ReleaseStage.Ended, Outcome: ReleaseCodes.Purged },
            "It is not let go.", all.A.Node);
        Assert.Equal("not_found", await Code(all.A, "drop", item[..8], "--at", f));
    }

    private static Task<CommandRun> Run(MediaBox box, params string[] command) =>
        box.Run(["fleet", "friend", .. command]);

    private static async Task<string?> Code(MediaBox box, params string[] command) =>
        (await Run(box, [.. command, "--json"])).Code;

    private static async Task<JsonObject> Done(MediaBox box, params string[] command)
    {
        var run = await Run(box, [.. command, "--json"]);
        var document = Assert.IsType<JsonObject>(JsonNode.Parse(run.Results));
        Assert.True(document["error"] is null, $"{string.Join(' ', command)}: {run.Results}");
        return document;
    }
}
