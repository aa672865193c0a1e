using System.Net;
using System.Net.Http.Headers;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Items of the store, and of another device's, as a player gets them.</summary>
public sealed class StoredMediaTests : IAsyncLifetime
{
    private const int Size = 3 * 1024 * 1024 + 77;

    private MediaBox _holder = null!;
    private MediaBox _player = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _holder = await MediaBox.Start();
        _player = await MediaBox.Start();
        await Pairings.Pair(_holder.Node, _player.Node, InviteKind.Device);
        await Pairings.Met(_player.Node, _holder.Node);
    }

    public async ValueTask DisposeAsync()
    {
        await _player.DisposeAsync();
        await _holder.DisposeAsync();
    }

    [Fact]
    public async Task What_another_device_holds_is_played_through_range_by_range()
    {
        var item = await _holder.Hold("film.mp4", Size, 1);
        var bytes = MediaBox.Bytes(Size, 1);
        (long From, long To)[] ranges = [(0, 9), (Size - 10, Size - 1), (1_048_570, 2_100_000), (5, Size - 1)];
        foreach (var (from, to) in ranges)
        {
            var (head, body) = await Ask(_player, item, new RangeHeaderValue(from, to));
            Assert.Equal(HttpStatusCode.PartialContent, head.StatusCode);
            Assert.Equal("video/mp4", head.Content.Headers.ContentType!.MediaType);
            Assert.Equal(bytes[(int)from..(int)(to + 1)], body);
        }

        // The holder answers from its own store, and takes noise for what it is.
        var (own, all) = await Ask(_holder, item, null);
        Assert.Equal("application/octet-stream", own.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes, all);
        Assert.Null(_player.Store.Find(item));
    }

    [Fact]
    public async Task What_no_device_has_and_what_went_out_of_reach_is_not_found()
    {
        var item = await _holder.Hold("film.mp4", Size, 2);
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(_player, new ItemId(default), null)).Head.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Ask(_player, item, null)).Head.StatusCode);
        await _holder.Node.Stop();
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(_player, item, null)).Head.StatusCode);
    }

    private static async Task<(HttpResponseMessage Head, byte[] Body)> Ask(
        MediaBox box, ItemId item, RangeHeaderValue? range)
    {
        using var http = new HttpClient { BaseAddress = box.Node.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/media/{item}");
        request.Headers.Range = range;
        var response = await http.SendAsync(request, Cancellation);
        return (response, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
