using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Nodes that were restored or cloned, and chains that cite each other.</summary>
public sealed class CopiedNodeTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_database_restored_with_its_witness_opens_a_new_incarnation_before_its_first_write()
    {
        var copy = await Copy();
        var first = _b.Writer.OwnChain;
        await _b.Say(_group, 3);
        await Eventually.InStep(_group, _a, _b);
        await _b.Stop();

        await using var restored = await LiveNode.Start(directory: copy);
        await restored.Say(_group);
        Assert.Equal(first.Origin, restored.Writer.OwnChain.Origin);
        Assert.NotEqual(first, restored.Writer.OwnChain);
        await Eventually.InStep(_group, _a, restored);
        Assert.Empty(_a.Writer.Forks(_group));
        Assert.Equal(5, _a.Writer.Durable(_group).SeqOf(first));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(1_400, 1_600)]
    public async Task Every_honest_node_freezes_the_chain_of_a_cloned_one_alike(int posts, int clonePosts)
    {
        await using var c = await LiveNode.Start();
        await c.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b, c);
        var copy = await Copy();
        // Both are cut off while they write, so neither can hear of the other.
        await _a.Stop();
        await c.Stop();
        await using var clone = await LiveNode.Start(directory: copy);
        var chain = _b.Writer.OwnChain;
        Assert.Equal(chain, clone.Writer.OwnChain);
        await _b.Say(_group, posts);
        await clone.Say(_group, clonePosts);
        await _a.Restart();
        await c.Restart();
        await Eventually.True(
            () => Frozen(_a, chain) && Frozen(c, chain), "The fork is not seen.", _a, c);
        Assert.Equal(2, _a.Writer.Durable(_group).SeqOf(chain));
        await Eventually.InStep(_group, _a, c);
    }

    [Fact]
    public async Task A_cloned_node_goes_on_once_the_owner_says_which_copy()
    {
        var copy = await Copy();
        await _a.Stop();
        var chain = _b.Writer.OwnChain;
        await using (var clone = await LiveNode.Start(directory: copy))
        {
            await _b.Say(_group, 2);
            await clone.Say(_group, 3);
            await _a.Restart();
            await Eventually.True(() => Frozen(_a, chain), "The fork is not seen.", _a, _b, clone);
        }

        _b.Mesh.Retry(_a.Id);
        await Eventually.True(() => Frozen(_b, chain), "The copy does not hear of it.", _a, _b);
        await Assert.ThrowsAsync<LogRefusedException>(() => _b.Say(_group));
        var (b, a) = (_b.Get<Admissions>(), _a.Get<Admissions>());
        var (id, token) = (_b.Id.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal("not_frozen", (await a.ResumeAsync("cats", token)).Problem?.Code);
        var (incarnation, _) = await b.ResumeAsync("cats", token);
        Assert.Equal(incarnation, (await b.ResumeAsync("cats", token)).Incarnation);
        Assert.Equal(Refusal.ChainFrozen, _b.Writer.StandingIn(_group));
        Assert.Equal("bad_incarnation", (await a.EndorseAsync("cats", id, "x", token))?.Code);
        Assert.Equal("not_permitted", (await b.EndorseAsync("cats", id, incarnation!, token))?.Code);

        Assert.Null(await a.EndorseAsync("cats", id, incarnation!, token));
        await Eventually.True(() => _b.Writer.StandingIn(_group) == Refusal.None, "It stays frozen.", _a, _b);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        Assert.Equal(2, _a.Writer.Durable(_group).SeqOf(_b.Writer.OwnChain));
        Assert.Equal(2, _a.Writer.Durable(_group).SeqOf(chain));
        Assert.All([_a, _b], n => Assert.Single(n.Writer.Forks(_group)));
    }

    [Fact]
    public async Task Two_nodes_restored_from_one_backup_fork_nothing_and_find_each_other_out()
    {
        var copy = await Copy();
        await _b.Stop();
        File.Delete(Path.Combine(copy, "keys", "witness"));
        var other = TemporaryDirectory.Copy(copy, _scratch.At("other"));
        await using var left = await LiveNode.Start(directory: copy);
        await using var right = await LiveNode.Start(directory: other);
        for (var round = 0; round < 3; round++)
        {
            await left.Say(_group);
            await right.Say(_group);
        }

        left.Mesh.Retry(_a.Id);
        right.Mesh.Retry(_a.Id);
        await Eventually.InStep(_group, _a, left, right);
        Assert.Empty(_a.Writer.Forks(_group));
        Assert.True(left.Writer.SeesCopy || right.Writer.SeesCopy);
        await right.Stop();
        await left.Say(_group);
        await Eventually.InStep(_group, _a, left);
        Assert.Empty(_a.Writer.Forks(_group));
    }

    [Fact]
    public async Task A_newcomer_hardly_parks_when_chains_cite_each_other()
    {
        var (last, rounds, some) = (default(EventRef?), 10, 500);
        for (var round = 0; round < rounds; round++)
            foreach (var writer in new[] { _a, _b })
            {
                var written = await writer.Cite(_group, some, last);
                last = written[^1];
                await Eventually.InStep(_group, _a, _b);
            }

        await using var c = await LiveNode.Start();
        var parkedMost = 0;
        using var watch = c.Writer.Listen(_ => parkedMost = Math.Max(parkedMost, c.Writer.Parked(_group)));
        await c.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b, c);
        Assert.InRange(parkedMost, 0, 2 * Limits.BatchEventsMax);
    }

    private bool Frozen(LiveNode node, ChainId chain) => node.Writer.Forks(_group).Any(f => f.Chain == chain);

    /// <summary>A copy of B as it is now: database, keys and witness.</summary>
    private async Task<string> Copy()
    {
        await _b.Stop();
        var copy = TemporaryDirectory.Copy(_b.Home, _scratch.At("copy"));
        await _b.Restart();
        return copy;
    }
}
