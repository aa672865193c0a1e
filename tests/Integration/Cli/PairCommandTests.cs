using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Pairing as two people do it in two terminals.</summary>
public sealed class PairCommandTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private NodeAtWork _a = null!;
    private NodeAtWork _b = null!;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (new NodeAtWork(_scratch.At("a")), new NodeAtWork(_scratch.At("b")));
        await Task.WhenAll(_a.Start(), _b.Start());
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("--friend", "friend")]
    [InlineData("--fleet", "device")]
    public async Task Whoever_is_accepted_is_paired_on_both_sides_until_revoked(string option, string kind)
    {
        var offer = await _a.Done("invite", option, "--no-wait");
        var call = await _b.Done("join", (string)offer["text"]!, "--no-wait");
        var asked = (await Listed(_a, "offered"))[0]!;
        Assert.Equal(
            ("asked", kind, (string?)call["words"]),
            ((string?)asked["state"], (string?)asked["kind"], (string?)asked["words"]));
        await _a.Done("pair", "accept", (string)offer["id"]!);
        await _b.Done("pair", "accept", (string)call["id"]!);
        await NodeAtWork.Eventually(
            async () => (await Listed(_b, "asked"))[0]!["state"]!.ToString() == "accepted", "It was not let in.");
        Assert.Equal(await _b.Id(), (await Listed(_a, "paired"))[0]!["instanceId"]!.ToString());
        Assert.Equal(await _a.Id(), (await Listed(_b, "paired"))[0]!["instanceId"]!.ToString());

        await _a.Done("pair", "revoke", await _b.Id(), "--dry-run");
        Assert.Null((await Listed(_a, "paired"))[0]!["endedMs"]);
        await _a.Done("pair", "revoke", await _b.Id());
        Assert.NotNull((await Listed(_a, "paired"))[0]!["endedMs"]);
    }

    [Fact]
    public async Task Whoever_is_denied_is_told_and_nothing_is_kept()
    {
        var offer = await _a.Done("invite", "--friend", "--no-wait");
        var call = await _b.Done("join", (string)offer["text"]!, "--no-wait");
        await _b.Done("pair", "accept", (string)call["id"]!);
        await _a.Done("pair", "deny", (string)offer["id"]!);
        await NodeAtWork.Eventually(
            async () => (await Listed(_b, "asked"))[0]!["code"]?.ToString() == "pairing_denied", "It was not told.");
        Assert.Empty(await Listed(_a, "paired"));
        Assert.Empty(await Listed(_b, "paired"));
    }

    [Fact]
    public async Task Whoever_asked_can_say_that_the_words_differ()
    {
        var offer = await _a.Done("invite", "--friend", "--no-wait");
        var call = await _b.Done("join", (string)offer["text"]!, "--no-wait");
        await _a.Done("pair", "accept", (string)offer["id"]!);
        var denied = await _b.Done("pair", "deny", (string)call["id"]!);
        Assert.Equal(("denied", "pairing_withdrawn"), ((string?)denied["state"], (string?)denied["code"]));
        Assert.Equal("nothing_asked", (await _b.Run("pair", "accept", (string)call["id"]!, "--json")).Code);
        Assert.Empty(await Listed(_b, "paired"));
    }

    [Theory]
    [InlineData(2, "usage", "invite")]
    [InlineData(2, "usage", "invite", "cats", "--friend")]
    [InlineData(2, "usage", "invite", "--fleet", "--friend")]
    [InlineData(2, "answer_needed", "invite", "--friend")]
    [InlineData(2, "answer_needed", "join", "af1hello")]
    [InlineData(1, "invite_damaged", "join", "af1hello", "--no-wait")]
    [InlineData(1, "not_found", "pair", "accept", "nobody")]
    [InlineData(1, "not_found", "pair", "deny", "nobody")]
    [InlineData(1, "bad_instance_id", "pair", "revoke", "nobody")]
    [InlineData(1, "not_found", "pair", "leave")]
    public async Task Wrong_input_is_refused_with_a_code(int exit, string code, params string[] command)
    {
        var run = await _a.Run([.. command, "--json"]);
        Assert.Equal((exit, code), (run.Exit, run.Code));
    }

    private static async Task<JsonArray> Listed(NodeAtWork node, string what) =>
        (JsonArray)(await node.Done("pair", "list"))[what]!;
}
