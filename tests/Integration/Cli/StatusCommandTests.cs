using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The first thing an owner asks: is it all right?</summary>
public sealed class StatusCommandTests : OwnerAndGuest
{
    [Fact]
    public async Task A_node_in_step_is_well_and_one_whose_peer_went_away_names_it_and_what_to_do()
    {
        await NodeAtWork.Eventually(
            async () => (await Owner.Run("status")).Results.StartsWith("well: In step with 1 of 1 peer."),
            "The owner is not in step.", Owner, Guest);
        Assert.Equal(0, (await Owner.Run("status")).Exit);

        await Guest.Stop();
        await NodeAtWork.Eventually(
            async () => (await Owner.Run("status")).Exit == 1, "The guest's absence is not seen.", Owner);
        var lines = (await Owner.Run("status")).Results.TrimEnd('\n').Split('\n');
        Assert.Equal("degraded: 1 of 1 peer needs you", lines[0]);
        Assert.Contains("Last heard", lines[1]);
        Assert.StartsWith("in step 0, out of reach 1, as last heard ", lines[^1]);

        var document = JsonNode.Parse((await Owner.Run("status", "--json")).Results)!;
        Assert.Equal("degraded", (string?)document["state"]);
        Assert.Equal("out_of_reach", (string?)document["needs"]![0]!["code"]);
        Assert.Equal(1, (int?)document["peersByState"]!["outOfReach"]);
        Assert.Equal("hive", (string?)document["groups"]![0]!["kind"]);
    }
}
