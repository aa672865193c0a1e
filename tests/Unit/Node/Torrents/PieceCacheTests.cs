using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class PieceCacheTests
{
    private static readonly Hash160 File = Hash160.Of("a file"u8);

    private readonly PieceCache _cache = new(bytesMax: 20);
    private int _fetched;

    [Fact]
    public async Task One_that_is_under_way_is_fetched_once()
    {
        var coming = new TaskCompletionSource<byte[]>();
        var first = _cache.GetAsync(File, 0, 10, () => Fetch(coming.Task));
        var second = _cache.GetAsync(File, 0, 10, () => Fetch(coming.Task));
        coming.SetResult([1]);
        Assert.Same(await first, await second);
        Assert.Equal(1, _fetched);
    }

    [Fact]
    public async Task The_oldest_goes_when_there_are_too_many()
    {
        foreach (var piece in new[] { 0, 1, 2, 1, 2 }) await Get(piece);
        Assert.Equal(3, _fetched);
        await Get(0);
        Assert.Equal(4, _fetched);
        await Get(2);
        Assert.Equal(4, _fetched);
    }

    [Fact]
    public async Task One_that_did_not_come_is_fetched_again()
    {
        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetAsync(File, 0, 10, () => Fetch(Task.FromException<byte[]>(new IOException()))));
        Assert.Equal([7], await _cache.GetAsync(File, 0, 10, () => Fetch(Task.FromResult<byte[]>([7]))));
        Assert.Equal(2, _fetched);
    }

    private Task<byte[]> Get(int piece) =>
        _cache.GetAsync(File, piece, 10, () => Fetch(Task.FromResult(new byte[10])));

    private Task<byte[]> Fetch(Task<byte[]> bytes)
    {
        _fetched++;
        return bytes;
    }
}
