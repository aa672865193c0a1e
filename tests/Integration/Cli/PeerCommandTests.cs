using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What an owner does about single peers.</summary>
public sealed class PeerCommandTests : OwnerAndGuest
{
    private string _guestId = "";
    private string _ownerId = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_ownerId, _guestId) = (await Owner.Id(), await Guest.Id());
    }

    [Fact]
    public async Task A_typed_address_stands_beside_the_peers_own_and_is_tried_first()
    {
        Assert.Equal("self", await Source());
        var own = (string)(await Shown())["endpoint"]!;
        var dead = own[..own.LastIndexOf(':')] + ":1";
        await Owner.Done("peer", "add", dead, _guestId);
        Assert.Equal(["manual", "self"], Addresses(await Shown()).Select(a => (string)a["source"]!));
        await NodeAtWork.Eventually(
            async () => await Source() == "self", "The address that answers is not used.", Owner);
        Assert.Equal(dead, (string?)Addresses(await Shown())[0]["endpoint"]);
        Assert.Equal("unreachable", (string?)Addresses(await Shown())[0]["cause"]);
        await NodeAtWork.Agree(Owner, Guest);

        var run = await Owner.Run("peer", "test", _guestId[..12]);
        Assert.Equal(0, run.Exit);
        Assert.Contains("nobody answers (unreachable)", run.Results);
        Assert.Contains("it answers, within ", run.Results);
        Assert.Contains(own, (await Owner.Run("peer", "list")).Results);
        Assert.Contains("unreachable", (await Owner.Run("peer", "show", _guestId)).Results);
    }

    [Fact]
    public async Task A_paused_peer_is_told_to_wait_and_resumed_it_catches_up()
    {
        Assert.Contains("Nothing was changed.", (await Owner.Run("peer", "pause", _guestId, "--dry-run")).Results);
        Assert.NotEqual("paused", (string?)(await Shown())["state"]);
        await Owner.Done("peer", "pause", _guestId);
        Assert.Equal("paused", (string?)(await Shown())["state"]);
        Assert.Equal(0, (await Owner.Run("status")).Exit);
        Assert.Contains("The only peer is paused.", (await Owner.Run("status")).Results);
        await Guest.Post("cats", "Written meanwhile");
        var asked = await Guest.Done("peer", "test", _ownerId);
        Assert.True((bool?)asked["tests"]![0]!["answers"]);
        Assert.DoesNotContain("Written meanwhile", await Owner.Titles("cats"));
        await Owner.Done("peer", "resume", _guestId);
        await NodeAtWork.Eventually(
            async () => (await Owner.Titles("cats")).Contains("Written meanwhile"),
            "What was written meanwhile does not come.", Owner, Guest);
    }

    [Fact]
    public async Task A_forgotten_peer_that_shares_a_hive_comes_back_when_it_calls()
    {
        var dryRun = (await Owner.Run("peer", "remove", _guestId, "--dry-run")).Results;
        Assert.Contains($"Nothing was changed. Without --dry-run {_guestId} and 1 known address would be", dryRun);
        await Owner.Done("peer", "remove", _guestId);
        await NodeAtWork.Eventually(
            async () => Peers(await Owner.Done("peer", "list")).Count > 0, "It does not come back.", Guest);
        await NodeAtWork.Agree(Owner, Guest);
    }

    [Fact]
    public async Task A_member_is_found_at_an_address_without_its_id_and_a_stranger_is_not()
    {
        var at = (string)(await Shown())["endpoint"]!;
        await Owner.Done("peer", "remove", _guestId);
        Assert.Equal(_guestId, (string?)(await Owner.Done("peer", "add", at))["instanceId"]);
        await using var stranger = At("stranger");
        await stranger.Start();
        Assert.Equal("peer_unknown", (await stranger.Run("peer", "add", at, "--json")).Code);
    }

    [Fact]
    public async Task What_names_no_peer_is_refused_with_a_code()
    {
        (string Code, string[] Command)[] refused =
        [
            ("bad_endpoint", ["add", "127.0.0.1:7421"]),
            ("bad_endpoint", ["add", "https://127.1:7421"]),
            ("endpoint_not_allowed", ["add", "http://192.168.1.7:7421"]),
            ("bad_node_id", ["add", "https://192.168.1.7:7421", "attic"]),
            ("own_endpoint", ["add", "https://192.168.1.7:7421", _ownerId]),
            ("not_found", ["show", "an1zzzz"]),
            ("not_found", ["remove", "an1zzzz"]),
        ];
        foreach (var (code, command) in refused)
            Assert.Equal(code, (await Owner.Run(["peer", .. command, "--json"])).Code);
    }

    private Task<JsonObject> Shown() => Owner.Done("peer", "show", _guestId);

    private async Task<string> Source() => (string)(await Shown())["source"]!;

    private static JsonObject[] Addresses(JsonObject peer) => [.. ((JsonArray)peer["addresses"]!).OfType<JsonObject>()];

    private static JsonArray Peers(JsonObject listed) => (JsonArray)listed["peers"]!;
}
