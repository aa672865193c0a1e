using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What WireGuard itself makes of the configuration that a device writes.</summary>
public sealed class WireGuardCommandTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Wg_quick_reads_the_file_that_a_device_writes()
    {
        RealClients.Need("wg-quick");
        await using var node = await LiveNode.Start();
        var (own, other) = (await PublicKey(), await PublicKey());
        await Declare(node, "study", own);
        await Steward(node, "shelf", other);
        await Steward(node, "attic", null);
        var file = _scratch.At("fleet0.conf");
        var run = await CommandRun.Of(
            await Home(node), "fleet", "wireguard", "--out", file, "--key-file", "/etc/wireguard/fleet.key", "--json");
        Assert.True(run.Exit == 0, run.Results);
        var told = (JsonObject)JsonNode.Parse(run.Results)!;
        Assert.Equal("attic", Assert.Single(told["keyless"]!.AsArray())!.GetValue<string>());
        var text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Equal(text, told["text"]!.GetValue<string>());

        // Strip leaves what wg(8) itself knows: one peer, and no line of wg-quick's.
        var stripped = System.Text.Encoding.UTF8.GetString(await MediaPrograms.Run("wg-quick", "strip", file));
        Assert.Contains($"PublicKey = {other}", stripped);
        Assert.Contains("AllowedIPs = fd", stripped);
        Assert.Contains("ListenPort = 51820", stripped);
        Assert.DoesNotContain("PrivateKey", stripped);
        Assert.DoesNotContain("PostUp", stripped);
        Assert.DoesNotContain(own, stripped);
    }

    [Fact]
    public async Task What_overlaps_or_is_missing_is_refused_with_a_code_and_nothing_is_written()
    {
        await using var node = await LiveNode.Start();
        Assert.Equal("fleet_none", await Refused(node));
        var key = Convert.ToBase64String(new byte[32]);
        await Declare(node, "study", null);
        Assert.Equal("wireguard_no_key", await Refused(node));
        await Declare(node, "study", key);
        Assert.Equal("wireguard_bad_port", await Refused(node, "--port", "65536"));
        Assert.Equal("wireguard_bad_key_file", await Refused(node, "--key-file", "/etc/key; reboot"));
        await Steward(node, "shelf", key);
        Assert.Equal("wireguard_same_key", await Refused(node));
        Assert.Empty(Directory.GetFiles(_scratch.Root));
    }

    [Fact]
    public async Task A_device_that_died_is_no_peer()
    {
        await using var node = await LiveNode.Start();
        await Declare(node, "study", Convert.ToBase64String(new byte[32]));
        var shelf = await Steward(node, "shelf", Convert.ToBase64String([1, .. new byte[31]]));
        Assert.Single(node.Get<WireGuardDesk>().Make(WireGuardPlan.UsualPort, null).Plan!.Peers);
        var (_, problem) = await node.Get<FleetDesk>().SayAsync(
            new DeviceStateSet(shelf, DeviceState.Dead), dryRun: false, Cancellation);
        Assert.Null(problem);
        Assert.Empty(node.Get<WireGuardDesk>().Make(WireGuardPlan.UsualPort, null).Plan!.Peers);
    }

    private async Task<string?> Refused(LiveNode node, params string[] options)
    {
        var run = await CommandRun.Of(
            await Home(node), ["fleet", "wireguard", "--out", _scratch.At("never.conf"), .. options, "--json"]);
        Assert.NotEqual(0, run.Exit);
        return JsonNode.Parse(run.Results)!["error"]!["code"]!.GetValue<string>();
    }

    /// <summary>Commands find a node by the file that says where it serves.</summary>
    private static async Task<string> Home(LiveNode node)
    {
        await File.WriteAllTextAsync(new Home(node.Home).UrlFile, $"{node.Address}", Cancellation);
        return node.Home;
    }

    private static DeviceDeclared Device(string name, DeviceClass @class, string? key) =>
        new(name, @class, "home", false, [], [], WgKey: key);

    private static async Task Declare(LiveNode node, string name, string? key)
    {
        var (_, problem) = await node.Get<FleetDesk>().SayAsync(
            Device(name, DeviceClass.Desktop, key), dryRun: false, Cancellation);
        Assert.Null(problem);
    }

    private static async Task<DeviceId> Steward(LiveNode node, string name, string? key)
    {
        var (device, problem) = await node.Get<FleetDesk>().FoundDeviceAsync(
            Device(name, DeviceClass.Archive, key), dryRun: false, Cancellation);
        Assert.Null(problem);
        return device!.Value;
    }

    private static async Task<string> PublicKey()
    {
        var made = await MediaPrograms.Run("sh", "-c", "wg genkey | wg pubkey");
        return System.Text.Encoding.ASCII.GetString(made).Trim();
    }
}
