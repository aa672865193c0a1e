using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Three members on machines of their own who know a hub and, at first, not each other.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class HubLabTests : IAsyncLifetime
{
    private const string Hive = "cats";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    private NetworkLab? _lab;

    public async ValueTask InitializeAsync()
    {
        _lab = await NetworkLab.Start(4);
        await Hub.Set("hub.enabled", "true");
        await Task.WhenAll(_lab.Nodes.Select(n => n.Start()));
        await Members[0].Done("hive", "create", Hive);
        foreach (var member in Members.Skip(1)) await member.Join(Members[0], Hive);
        await Agree();
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is { } lab) await lab.DisposeAsync();
    }

    private LabNode Hub => _lab!.Nodes[0];

    private IReadOnlyList<LabNode> Members => [.. _lab!.Nodes.Skip(1)];

    [Fact]
    public async Task Members_meet_by_a_hub_and_do_without_it_once_they_have_met()
    {
        await Task.WhenAll(Members.Select(n => n.Stop()));
        var key = (string)(await Hub.Done("hub", "keys", "create", "--reusable"))["text"]!;
        foreach (var member in Members)
        {
            member.ForgetPeers();
            await member.Set("peers.hubs", $"{Hub.Endpoint}#{Hub.Id}/{key}");
        }

        await Task.WhenAll(Members.Select(n => n.Start()));
        await Until(async () =>
        {
            foreach (var member in Members)
                if (await member.Peers() != (2, 2)) return false;
            return true;
        });

        await Hub.Kill();
        await Members[0].Write(Hive, "without", 5);
        await Agree();
        // What the hub said is kept: a member that starts without it finds the others again.
        await Members[2].Stop();
        await Members[1].Write(Hive, "meanwhile", 5);
        await Members[2].Start();
        await Agree();

        var back = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Hub.Start();
        await Until(async () => await HeardSince(back) == 3);
    }

    private async Task<int> HeardSince(long unixMs) => ((JsonArray)(await Hub.Ask("hub", "nodes"))["nodes"]!)
        .Count(n => (string?)n!["state"] == "admitted" && (long?)n["heardMs"] > unixMs);

    private Task Agree() => Until(
        async () => (await Task.WhenAll(Members.Select(n => n.Digests()))).Distinct().Count() == 1);

    private static async Task Until(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Deadline, "It did not come to pass.");
    }
}
