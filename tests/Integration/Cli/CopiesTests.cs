using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Copies of one node that run side by side, and the way out that docs/operating.md names.</summary>
public sealed class CopiesTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly List<NodeAtWork> _nodes = [];
    private NodeAtWork _owner = null!;
    private NodeAtWork _member = null!;
    private NodeAtWork _node = null!;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member, _node) = (await Started("owner"), await Started("member"), await Started("node"));
        await _owner.Done("hive", "create", "cats");
        await _member.Join(_owner, "cats");
        await _node.Join(_owner, "cats");
        await NodeAtWork.Agree(_owner, _member, _node);
        Assert.Null(await _node.Post("cats", "before"));
        Assert.Null(await _owner.Post("cats", "by the owner"));
        await NodeAtWork.Agree(_owner, _member, _node);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Two_nodes_restored_from_one_backup_lose_nothing_and_find_each_other_out()
    {
        var (file, passphrase) = (_scratch.At("node.backup"), _scratch.At("passphrase"));
        await File.WriteAllTextAsync(passphrase, "correct horse battery", TestContext.Current.CancellationToken);
        await _node.Done("backup", file, "--passphrase-file", passphrase);
        await _node.Stop();
        var (left, right) = (new NodeAtWork(_scratch.At("left")), new NodeAtWork(_scratch.At("right")));
        _nodes.AddRange([left, right]);
        foreach (var restored in new[] { left, right })
        {
            await restored.Done("restore", file, "--passphrase-file", passphrase);
            await restored.Start();
        }

        foreach (var round in new[] { "1", "2" })
        {
            Assert.Null(await left.Post("cats", "left " + round));
            Assert.Null(await right.Post("cats", "right " + round));
        }

        await NodeAtWork.Agree(_owner, _member, left, right);
        foreach (var node in new[] { _owner, _member, left, right })
            Assert.Equal(
                ["before", "by the owner", "left 1", "left 2", "right 1", "right 2"], await node.Titles("cats"));
        Assert.Equal(0, (await _owner.Status()).Exit);
        var told = new[] { await left.Status(), await right.Status() };
        Assert.Contains(told, s => s.Exit == 1 && s.Verdict.Contains("Another copy of this node is writing"));

        // The documented way out: stop one for good, start the other anew.
        await right.Stop();
        await left.Stop();
        await left.Start();
        Assert.Null(await left.Post("cats", "alone"));
        await NodeAtWork.Agree(_owner, _member, left);
        await Well(_owner, _member, left);
        Assert.Contains("alone", await _member.Titles("cats"));
    }

    [Fact]
    public async Task A_member_cloned_beside_its_original_is_frozen_everywhere_and_goes_on_by_the_owners_word()
    {
        var clone = await Fork(_node);
        await _owner.Start();
        await _member.Start();
        await Frozen([_owner, _member, _node, clone], [_node, clone]);
        Assert.Equal("chain_frozen", await _node.Post("cats", "more"));
        Assert.Equal("chain_frozen", await clone.Post("cats", "more"));
        Assert.Equal("not_frozen", (await _member.Run("group", "resume", "cats", "--json")).Code);

        await clone.Stop();
        var resumed = await _node.Done("group", "resume", "cats");
        string[] endorse = ["group", "endorse", "cats", await _node.Id(), (string)resumed["incarnation"]!];
        Assert.Equal("not_permitted", (await _member.Run([.. endorse, "--json"])).Code);
        var printed = (await _node.Run("group", "resume", "cats")).Results;
        Assert.Contains("anarchive " + string.Join(' ', endorse) + "\n", printed);
        await _owner.Done(endorse);
        await NodeAtWork.Eventually(
            async () => await _node.Post("cats", "resumed") is null, "It stays frozen.", _owner, _node);

        await NodeAtWork.Agree(_owner, _member, _node);
        foreach (var node in new[] { _owner, _member, _node })
            Assert.Equal(["before", "by the owner", "resumed"], await node.Titles("cats"));
        await Well(_owner, _member, _node);
        // The other copy is none the wiser: it stays frozen.
        await clone.Start();
        await NodeAtWork.Agree(_owner, clone);
        Assert.Equal("chain_frozen", await clone.Post("cats", "late"));
        Assert.Equal(1, (await clone.Status()).Exit);
    }

    [Fact]
    public async Task An_owner_cloned_beside_its_original_goes_on_with_its_recovery_key()
    {
        var clone = await Fork(_owner);
        await _member.Start();
        await _node.Start();
        await Frozen([_owner, _member, _node, clone], [_owner, clone]);
        Assert.Equal("chain_frozen", await clone.Post("cats", "more"));
        Assert.Equal("owner_frozen", (await _owner.Run("group", "resume", "cats", "--json")).Code);

        await clone.Stop();
        await _owner.Stop();
        await _owner.Done("key", "recover");
        await _owner.Start();
        Assert.Null(await _owner.Post("cats", "recovered"));
        await NodeAtWork.Agree(_owner, _member, _node);
        foreach (var node in new[] { _owner, _member, _node })
            Assert.Equal(["before", "by the owner", "recovered"], await node.Titles("cats"));
        await Well(_owner, _member, _node);
    }

    /// <summary>
    /// Copies a node's directory file by file, and has both write while nobody else runs to tell them.
    /// </summary>
    private async Task<NodeAtWork> Fork(NodeAtWork original)
    {
        foreach (var node in _nodes) await node.Stop();
        var clone = new NodeAtWork(TemporaryDirectory.Copy(original.Home, _scratch.At("clone")));
        _nodes.Add(clone);
        await original.Start();
        await clone.Start();
        Assert.Null(await original.Post("cats", "by the original"));
        Assert.Null(await clone.Post("cats", "by the clone"));
        Assert.Null(await clone.Post("cats", "by the clone again"));
        return clone;
    }

    /// <summary>Waits until all know of the fork, none is well, and what both share is all that is left.</summary>
    private static async Task Frozen(NodeAtWork[] all, NodeAtWork[] copies)
    {
        await NodeAtWork.Eventually(
            async () => (await Task.WhenAll(copies.Select(c => c.Status()))).All(s => s.Verdict.Contains("A copy of"))
                && (await Task.WhenAll(all.Except(copies).Select(c => c.Status()))).All(
                    s => s.Verdict.Contains("is frozen")),
            "The fork is not seen.",
            all);
        await NodeAtWork.Agree(all);
        foreach (var node in all)
        {
            Assert.Equal(1, (await node.Status()).Exit);
            Assert.Equal(["before", "by the owner"], await node.Titles("cats"));
        }
    }

    private static Task Well(params NodeAtWork[] nodes) => NodeAtWork.Eventually(
        async () => (await Task.WhenAll(nodes.Select(n => n.Status()))).All(s => s.Exit == 0),
        "Not well.",
        nodes);

    private async Task<NodeAtWork> Started(string name)
    {
        var node = new NodeAtWork(_scratch.At(name));
        _nodes.Add(node);
        return await node.Start();
    }
}
