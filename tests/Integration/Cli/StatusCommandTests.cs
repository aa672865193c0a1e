using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The first thing an owner asks: is it all right?</summary>
public sealed class StatusCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-status-");
    private readonly NodeAtWork _owner;
    private readonly NodeAtWork _guest;

    public StatusCommandTests()
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
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _guest.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_in_step_is_well_and_one_whose_peer_went_away_names_it_and_what_to_do()
    {
        await NodeAtWork.Eventually(
            async () => (await _owner.Run("status")).Results.StartsWith("well: In step with 1 of 1 peer."),
            "The owner is not in step.", _owner, _guest);
        Assert.Equal(0, (await _owner.Run("status")).Exit);

        await _guest.Stop();
        await NodeAtWork.Eventually(
            async () => (await _owner.Run("status")).Exit == 1, "The guest's absence is not seen.", _owner);
        var lines = (await _owner.Run("status")).Results.TrimEnd('\n').Split('\n');
        Assert.Equal("degraded: 1 of 1 peer needs you", lines[0]);
        Assert.Contains("Last heard", lines[1]);
        Assert.StartsWith("in step 0, out of reach 1, as last heard ", lines[^1]);

        var document = JsonNode.Parse((await _owner.Run("status", "--json")).Results)!;
        Assert.Equal("degraded", (string?)document["state"]);
        Assert.Equal("out_of_reach", (string?)document["needs"]![0]!["code"]);
        Assert.Equal(1, (int?)document["peersByState"]!["outOfReach"]);
        Assert.Equal("hive", (string?)document["groups"]![0]!["kind"]);
    }
}
