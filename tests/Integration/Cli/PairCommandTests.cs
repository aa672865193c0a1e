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
        var joining = _b.Run("join", (string)offer["text"]!, "--json");
        JsonNode? asked = null;
        await NodeAtWork.Eventually(
            async () => (asked = (await Listed(_a, "offered"))[0]!)["state"]!.ToString() == "asked", "Nobody asks.");
        Assert.Equal((await Listed(_b, "asked"))[0]!["words"]!.ToString(), asked!["words"]!.ToString());
        Assert.Equal(kind, asked["kind"]!.ToString());
        await _a.Done("pair", "accept", (string)asked["id"]!);
        var joined = await joining;
        Assert.True(joined.Exit == 0, joined.Results);
        Assert.Contains((string)asked["words"]!, joined.Remarks, StringComparison.Ordinal);
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
        var joining = _b.Run("join", (string)offer["text"]!, "--json");
        await NodeAtWork.Eventually(
            async () => (await Listed(_a, "offered"))[0]!["state"]!.ToString() == "asked", "Nobody asks.");
        await _a.Done("pair", "deny", (string)offer["id"]!);
        var joined = await joining;
        Assert.Equal((1, "pairing_denied"), (joined.Exit, joined.Code));
        Assert.Empty(await Listed(_a, "paired"));
        Assert.Empty(await Listed(_b, "paired"));
    }

    [Theory]
    [InlineData(2, "usage", "invite")]
    [InlineData(2, "usage", "invite", "cats", "--friend")]
    [InlineData(2, "usage", "invite", "--fleet", "--friend")]
    [InlineData(2, "answer_needed", "invite", "--friend")]
    [InlineData(1, "invite_damaged", "join", "af1hello")]
    [InlineData(1, "not_found", "pair", "accept", "nobody")]
    [InlineData(1, "not_found", "pair", "deny", "nobody")]
    [InlineData(1, "bad_instance_id", "pair", "revoke", "nobody")]
    public async Task Wrong_input_is_refused_with_a_code(int exit, string code, params string[] command)
    {
        var run = await _a.Run([.. command, "--json"]);
        Assert.Equal((exit, code), (run.Exit, run.Code));
    }

    private static async Task<JsonArray> Listed(NodeAtWork node, string what) =>
        (JsonArray)(await node.Done("pair", "list"))[what]!;
}
