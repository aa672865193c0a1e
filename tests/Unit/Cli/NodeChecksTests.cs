using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Whose clock is wrong, by what peers' heartbeats showed.</summary>
public sealed class NodeChecksTests
{
    private const long Minute = 60_000;

    [Theory]
    [InlineData(Grade.Ok, "within a second of ours", 300L, -200L)]
    [InlineData(Grade.Ok, "within 119 s of ours", 119_000L, -200L)]
    [InlineData(Grade.Problem, "This machine's clock is 6 min behind its peers'.", 6 * Minute)]
    [InlineData(Grade.Problem, "This machine's clock is 6 min ahead of its peers'.", -6 * Minute, -7 * Minute)]
    [InlineData(Grade.Problem, "This machine's clock is 5 min behind its peers'.", 5 * Minute, 0L, 6 * Minute)]
    [InlineData(Grade.Advice, "peer 2 is off by 9 min", 0L, 100L, 9 * Minute)]
    public void Most_clocks_are_right(object grade, string says, params long[] aheadMs)
    {
        var finding = NodeChecks.Clocks([.. aheadMs.Select((ms, at) => new JsonObject
        {
            ["name"] = $"peer {at}",
            ["clock_ahead_ms"] = ms,
        })]);
        Assert.Equal((grade, says), (finding.Grade, finding.Says.ToString()));
    }

    [Fact]
    public void Where_nobody_was_heard_nobody_is_wrong() =>
        Assert.Equal(Grade.Ok, NodeChecks.Clocks([new JsonObject { ["name"] = "a", ["clock_ahead_ms"] = null }]).Grade);

    [Theory]
    [InlineData(Grade.Ok, "no peer is there")]
    [InlineData(Grade.Ok, "1 of 1 peer asked can call", true, null)]
    [InlineData(Grade.Ok, "1 of 2 peers asked can call", true, null, false, "unreachable")]
    [InlineData(Grade.Ok, "ask again later", false, "rate_limited")]
    [InlineData(Grade.Problem, "at https://attic.example:7421: unreachable.", false, "unreachable")]
    [InlineData(Grade.Problem, "0 of 1 peer asked", false, "rate_limited", false, "timeout")]
    public void One_peer_that_can_call_is_enough(object grade, string says, params object?[] answers)
    {
        var finding = NodeChecks.Reach(new JsonObject
        {
            ["endpoint"] = "https://attic.example:7421",
            ["answers"] = new JsonArray([.. answers.Chunk(2).Select(a => (JsonNode)new JsonObject
            {
                ["reached"] = (bool)a[0]!,
                ["code"] = (string?)a[1],
            })]),
        });
        Assert.Equal(grade, finding.Grade);
        Assert.Contains(says, finding.Says.ToString());
    }

    [Theory]
    [InlineData("2025-12-31", Grade.Problem)]
    [InlineData("2026-11-21", Grade.Ok)]
    public void A_clock_before_this_version_is_wrong(string day, object grade) =>
        Assert.Equal(grade, MachineChecks.Clock(DateTimeOffset.Parse(day + "T00:00:00Z", null)).Grade);
}
