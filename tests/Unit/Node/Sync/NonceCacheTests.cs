using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class NonceCacheTests
{
    private static readonly NodeId Alice = Of(1);
    private static readonly NodeId Bob = Of(2);

    private readonly NonceCache _cache = new(perNodeMax: 100, totalMax: 400);

    [Fact]
    public void A_nonce_is_known_until_it_lapses()
    {
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Alice, 7, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Seen, _cache.Add(Alice, 7, staleMs: 10, nowMs: 10));
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Bob, 7, staleMs: 10, nowMs: 10));
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Alice, 7, staleMs: 20, nowMs: 11));
    }

    [Fact]
    public void A_node_that_floods_is_refused_and_flushes_out_nobody()
    {
        _cache.Add(Alice, 0, staleMs: 10, nowMs: 0);
        for (var i = 0; i < 100; i++)
            Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Bob, (UInt128)i, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Full, _cache.Add(Bob, 100, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Seen, _cache.Add(Bob, 0, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Seen, _cache.Add(Alice, 0, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Alice, 1, staleMs: 10, nowMs: 0));
    }

    [Fact]
    public void Where_it_is_half_full_those_with_the_most_wait_and_others_pass()
    {
        for (var node = 1; node <= 2; node++)
            for (var i = 0; i < 100; i++) _cache.Add(Of(node), (UInt128)i, staleMs: 10, nowMs: 0);
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Of(3), 0, staleMs: 10, nowMs: 0));
        Assert.Equal(NonceCache.Outcome.Full, _cache.Add(Alice, 200, staleMs: 10, nowMs: 0));
    }

    [Fact]
    public void However_many_nodes_there_are_it_stays_within_its_size()
    {
        for (var node = 0; node < 1_000; node++)
            for (var i = 0; i < 20; i++) _cache.Add(Of(node), (UInt128)i, staleMs: 10, nowMs: 0);
        Assert.Equal(400, _cache.Count);
        Assert.Equal(NonceCache.Outcome.Fresh, _cache.Add(Alice, 1, staleMs: 20, nowMs: 11));
        Assert.Equal(1, _cache.Count);
    }

    private static NodeId Of(int seed) => new FakeSigner(seed).PublicKey.AsNodeId();
}
