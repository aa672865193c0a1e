using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What an owner does about single peers.</summary>
public sealed class PeerCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-peer-");
    private readonly NodeAtWork _owner;
    private readonly NodeAtWork _guest;
    private string _guestId = "";
    private string _ownerId = "";

    public PeerCommandTests()
    {
        _owner = new NodeAtWork(Path.Combine(_scratch.FullName, "owner"));
        _guest = new NodeAtWork(Path.Combine(_scratch.FullName, "guest"));
    }

    public async ValueTask InitializeAsync()
    {
        await _owner.Start();
        await _guest.Start();
        await _owner.Done("hive", "create", "cats");
        await _guest.Join(_owner, "cats");
        await NodeAtWork.Agree(_owner, _guest);
        (_ownerId, _guestId) = (await _owner.Id(), await _guest.Id());
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _guest.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task A_typed_address_stands_beside_the_peers_own_and_is_tried_first()
    {
        Assert.Equal("self", await Source());
        var own = (string)(await Shown())["endpoint"]!;
        var dead = own[..own.LastIndexOf(':')] + ":1";
        await _owner.Done("peer", "add", dead, _guestId);
        Assert.Equal(["manual", "self"], Addresses(await Shown()).Select(a => (string)a["source"]!));
        await NodeAtWork.Eventually(
            async () => await Source() == "self", "The address that answers is not used.", _owner);
        Assert.Equal(dead, (string?)Addresses(await Shown())[0]["endpoint"]);
        Assert.Equal("unreachable", (string?)Addresses(await Shown())[0]["cause"]);
        await NodeAtWork.Agree(_owner, _guest);

        var run = await _owner.Run("peer", "test", _guestId[..12]);
        Assert.Equal(0, run.Exit);
        Assert.Contains("nobody answers (unreachable)", run.Results);
        Assert.Contains("it answers, within ", run.Results);
        Assert.Contains(own, (await _owner.Run("peer", "list")).Results);
        Assert.Contains("unreachable", (await _owner.Run("peer", "show", _guestId)).Results);
    }

    [Fact]
    public async Task A_paused_peer_is_told_to_wait_and_resumed_it_catches_up()
    {
        Assert.Contains("Nothing was changed.", (await _owner.Run("peer", "pause", _guestId, "--dry-run")).Results);
        Assert.NotEqual("paused", (string?)(await Shown())["state"]);
        await _owner.Done("peer", "pause", _guestId);
        Assert.Equal("paused", (string?)(await Shown())["state"]);
        Assert.Equal(0, (await _owner.Run("status")).Exit);
        Assert.Contains("The only peer is paused.", (await _owner.Run("status")).Results);
        await _guest.Post("cats", "Written meanwhile");
        var asked = await _guest.Done("peer", "test", _ownerId);
        Assert.True((bool?)asked["tests"]![0]!["answers"]);
        Assert.DoesNotContain("Written meanwhile", await _owner.Titles("cats"));
        await _owner.Done("peer", "resume", _guestId);
        await NodeAtWork.Eventually(
            async () => (await _owner.Titles("cats")).Contains("Written meanwhile"),
            "What was written meanwhile does not come.", _owner, _guest);
    }

    [Fact]
    public async Task A_forgotten_peer_that_shares_a_hive_comes_back_when_it_calls()
    {
        var dryRun = (await _owner.Run("peer", "remove", _guestId, "--dry-run")).Results;
        Assert.Contains($"Nothing was changed. Without --dry-run {_guestId} and 1 known address would be", dryRun);
        await _owner.Done("peer", "remove", _guestId);
        await NodeAtWork.Eventually(
            async () => Peers(await _owner.Done("peer", "list")).Count > 0, "It does not come back.", _guest);
        await NodeAtWork.Agree(_owner, _guest);
    }

    [Fact]
    public async Task A_member_is_found_at_an_address_without_its_id_and_a_stranger_is_not()
    {
        var at = (string)(await Shown())["endpoint"]!;
        await _owner.Done("peer", "remove", _guestId);
        Assert.Equal(_guestId, (string?)(await _owner.Done("peer", "add", at))["instanceId"]);
        var stranger = new NodeAtWork(Path.Combine(_scratch.FullName, "stranger"));
        await using var _ = stranger;
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
            Assert.Equal(code, (await _owner.Run(["peer", .. command, "--json"])).Code);
    }

    private Task<JsonObject> Shown() => _owner.Done("peer", "show", _guestId);

    private async Task<string> Source() => (string)(await Shown())["source"]!;

    private static JsonObject[] Addresses(JsonObject peer) => [.. ((JsonArray)peer["addresses"]!).OfType<JsonObject>()];

    private static JsonArray Peers(JsonObject listed) => (JsonArray)listed["peers"]!;
}
