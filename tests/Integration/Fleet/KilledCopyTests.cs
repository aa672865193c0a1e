using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node that is killed in the middle of a copy, as a process of its own.</summary>
public sealed class KilledCopyTests
{
    private const int Size = 24 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_killed_in_the_middle_of_a_copy_goes_on_where_it_was()
    {
        await using var source = await MediaBox.Start();
        using var disk = new TemporaryDirectory();
        var item = await source.Hold("a.mkv", Size, 1);
        await using var paired = await LiveNode.Start(peerListen: "https://127.0.0.1:0");
        await Pairings.Pair(source.Node, paired, InviteKind.Device);
        await paired.Stop();

        var target = new NodeAtWork(paired.Home);
        await Set(target, "4");
        var process = await Serve(paired.Home);
        var volume = (string)(await target.Done("fleet", "volume", "add", disk.Root, "--reserve", "0"))
            ["volumes"]![0]!["volume"]!;
        await target.Done("fleet", "copy", "get", item.ToString(), "--from", source.Node.Id.ToString());
        var part = Path.Combine(disk.Root, ".anarchive/incoming", item + ".part");
        await Eventually.True(() => File.Exists(part) && new FileInfo(part).Length > 8 << 20, "The copy stands still.");
        await process.KillAsync(Cancellation);
        Assert.True(File.Exists(part));
        await process.DisposeAsync();

        await Set(target, "0");
        await using var again = await Serve(paired.Home);
        await Eventually.True(
            async () => State(await target.Done("fleet", "copy", "list")) == "done", () => "The copy does not end.");
        var came = Assert.Single(Directory.GetFiles(Path.Combine(disk.Root, "Anarchive")));
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(came, Cancellation));
        Assert.False(File.Exists(part));
        Assert.Equal("not_found", (await target.Run(
            "fleet", "copy", "cancel", item.ToString(), volume, "--json")).Code);
    }

    private static string? State(JsonObject list) => (string?)list["copies"]![0]!["state"];

    private static Task Set(NodeAtWork node, string rate) => File.WriteAllTextAsync(
        Path.Combine(node.Home, "config.json"), $"{{\"fleet\":{{\"copy_mib_per_second\":{rate}}}}}", Cancellation);

    private static Task<NodeProcess> Serve(string home) =>
        NodeProcess.StartAsync(new Home(home), "target", _ => { }, Cancellation);
}
