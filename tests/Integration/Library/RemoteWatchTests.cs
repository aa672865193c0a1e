using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A film that only another device of the fleet holds.</summary>
public sealed class RemoteWatchTests : IAsyncLifetime
{
    private const int Size = 200_000;

    private MediaBox _holder = null!;
    private MediaBox _player = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _holder = await MediaBox.Start(tellsFleet: true);
        _player = await MediaBox.Start(tellsFleet: true);
        await Pairings.Pair(_holder.Node, _player.Node, InviteKind.Device);
        await Pairings.Met(_player.Node, _holder.Node);
    }

    public async ValueTask DisposeAsync()
    {
        await _player.DisposeAsync();
        await _holder.DisposeAsync();
    }

    [Fact]
    public async Task It_plays_while_that_device_gives_it_and_then_the_page_says_who_has_it()
    {
        var device = new DeviceDeclared("attic-nas", DeviceClass.AlwaysOn, "home", false, [], ["http"]);
        Assert.Null((await _holder.Node.Get<FleetDesk>().SayAsync(device, dryRun: false, Cancellation)).Problem);
        var item = await _holder.Hold("Night Ferries (2011).mp4", Size, 1);
        var library = _player.Node.Get<LibraryBook>();
        for (var looks = 0; library.Look().Find(item) is null; looks++)
        {
            Assert.True(looks < 600, "The item did not become known.");
            await Task.Delay(100, Cancellation);
        }

        using var http = new HttpClient { BaseAddress = _player.Node.Address };
        var list = await http.GetStringAsync("/library", Cancellation);
        Assert.Contains("on your other devices", list);
        // Its name stays with who holds it.
        Assert.DoesNotContain("Night Ferries", list);
        var page = await http.GetStringAsync($"/watch/{item}", Cancellation);
        Assert.Contains($"src=\"/api/v1/media/{item}\"", page);
        Assert.Contains("It comes from another device as you watch", page);
        await _holder.Node.Stop();
        page = await http.GetStringAsync($"/watch/{item}", Cancellation);
        Assert.Contains("no_holder", page);
        Assert.Contains("<bdi>attic-nas</bdi>", page);
        Assert.DoesNotContain("<video", page);
    }
}
