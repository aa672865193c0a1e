using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An edition of several pieces on its way to a member that is behind it.</summary>
public sealed class EditionFetchTests : IAsyncLifetime
{
    private readonly List<LiveNode> _nodes = [];
    private LiveNode _owner = null!;
    private LiveNode _member = null!;
    private LiveNode _absent = null!;
    private GroupId _group;
    private Hash256 _edition;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member, _absent) = (await Started(), await Started(), await Started());
        _group = await _owner.Found("films");
        await _member.Join(_owner, "films");
        await _absent.Join(_owner, "films");
        await Eventually.InStep(_group, _owner, _member, _absent);
        await Eventually.True(() => _absent.Mesh.View().Total == 2, "Not introduced.", _absent);
        await _absent.Stop();
        await _member.Stop();
        // Of a kind that nobody here knows, so that every event is kept.
        var draft = new Draft(new Kind("of_a_later_version"), new byte[60_000], []);
        await _owner.Writer.WriteAsync(_group, [.. Enumerable.Repeat(draft, 60)], Cancellation);
        _edition = (await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation)).File;
        await _member.Restart();
        await Eventually.InStep(_group, _owner, _member);
        Assert.InRange(Seal.Pieces.Count, 4, 8);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private EditionSeal Seal => _owner.Get<EditionFiles>().SealOf(_group, _edition)!;

    [Fact]
    public async Task A_wrong_piece_is_refused_and_taken_from_another_member()
    {
        await Damage(_owner, piece: 1);
        await Damage(_member, piece: 2);
        await _absent.Restart();
        await Eventually.InStep(_group, _owner, _member, _absent);
        Assert.Equal(await Bytes(_absent, 1), await Bytes(_member, 1));
        Assert.Equal(await Bytes(_absent, 2), await Bytes(_owner, 2));
    }

    [Fact]
    public async Task After_a_restart_only_what_is_missing_or_wrong_is_fetched()
    {
        var whole = await File.ReadAllBytesAsync(Path(_owner), Cancellation);
        var part = whole[..(3 * Limits.EditionPieceBytes - 10)];
        part[Limits.EditionPieceBytes + 5] ^= 1;
        await File.WriteAllBytesAsync(PartOf(_absent), part, Cancellation);
        // Nobody has the first piece any more but the node that came so far with it.
        await Damage(_owner, piece: 0);
        await Damage(_member, piece: 0);
        await _absent.Restart();
        await Eventually.InStep(_group, _owner, _member, _absent);
        Assert.Equal(whole, await File.ReadAllBytesAsync(Path(_absent), Cancellation));
        Assert.False(File.Exists(PartOf(_absent)));
    }

    [Fact]
    public async Task Without_a_right_piece_anywhere_nothing_changes_until_there_is_one()
    {
        await Damage(_owner, piece: 1);
        await Damage(_member, piece: 1);
        await _absent.Restart();
        var before = _absent.Writer.Durable(_group).Digest();
        await Eventually.True(
            () => File.Exists(PartOf(_absent)) && new FileInfo(PartOf(_absent)).Length > 0, "Nothing came.", _absent);
        Assert.Equal(before, _absent.Writer.Durable(_group).Digest());
        Assert.Null(_absent.Writer.EditionOf(_group));
        await Damage(_member, piece: 1);
        await Eventually.InStep(_group, _owner, _member, _absent);
    }

    /// <summary>Flips a bit, or flips it back.</summary>
    private async Task Damage(LiveNode node, int piece)
    {
        await using var file = File.Open(Path(node), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = Seal[piece].Offset + 100;
        var was = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(was ^ 1));
    }

    private async Task<byte[]> Bytes(LiveNode node, int piece) =>
        (await File.ReadAllBytesAsync(Path(node), Cancellation))
            .AsSpan((int)Seal[piece].Offset, Seal[piece].Length).ToArray();

    private string Path(LiveNode node) => System.IO.Path.Combine(node.Home, "editions", $"{_group}.{_edition}.jsonl");

    private string PartOf(LiveNode node) => Path(node) + ".part";

    private async Task<LiveNode> Started()
    {
        var node = await LiveNode.Start();
        _nodes.Add(node);
        return node;
    }
}
