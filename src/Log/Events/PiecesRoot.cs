using System.Numerics;

namespace Anarchive.Log;

/// <summary>The root of a file's SHA-256 tree: leaves of 16 KiB, missing ones zero (BEP 52, "pieces root").</summary>
/// <remarks>Keeps one hash for each level, so a file of any length takes no more.</remarks>
public sealed class PiecesRoot
{
    public const int BlockBytes = 16 * 1024;

    private readonly Hash256?[] _open = new Hash256?[48];
    private readonly byte[] _block = new byte[BlockBytes];
    private int _filled;
    private long _leaves;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var take = Math.Min(bytes.Length, BlockBytes - _filled);
            bytes[..take].CopyTo(_block.AsSpan(_filled));
            bytes = bytes[take..];
            _filled += take;
            if (_filled == BlockBytes) Leaf();
        }
    }

    /// <summary>Of what was added, at least a byte; call it once.</summary>
    public Hash256 Root() => Root(0);

    /// <summary>As <see cref="Root()"/>, of a tree with at least so many levels above its leaves.</summary>
    public Hash256 Root(int levelsMin)
    {
        if (_filled > 0) Leaf();
        return Close(Math.Max(levelsMin, LevelsOver(_leaves)), Hash256.Zero);
    }

    /// <summary>Of nodes that are themselves roots of trees with so many levels.</summary>
    public static Hash256 Over(IReadOnlyList<Hash256> nodes, int levelsBelow)
    {
        var tree = new PiecesRoot();
        foreach (var node in nodes) tree.Put(0, node);
        var padding = Hash256.Zero;
        for (var level = 0; level < levelsBelow; level++) padding = Pair(padding, padding);
        return tree.Close(LevelsOver(nodes.Count), padding);
    }

    /// <summary>Levels of a full tree over so many leaves, at least one.</summary>
    private static int LevelsOver(long leaves) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)leaves));

    private Hash256 Close(int levels, Hash256 padding)
    {
        for (var level = 0; level < levels; level++)
        {
            // A node without its right half: that half is a tree of zero leaves.
            if (_open[level] is { } left) CloseAt(level, Pair(left, padding));
            padding = Pair(padding, padding);
        }

        return _open[levels]!.Value;
    }

    private void Leaf()
    {
        Put(0, Hash256.Sha256(_block.AsSpan(0, _filled)));
        (_filled, _leaves) = (0, _leaves + 1);
    }

    private void Put(int level, Hash256 node)
    {
        if (_open[level] is { } left) CloseAt(level, Pair(left, node));
        else _open[level] = node;
    }

    private void CloseAt(int level, Hash256 parent)
    {
        _open[level] = null;
        Put(level + 1, parent);
    }

    private static Hash256 Pair(Hash256 left, Hash256 right)
    {
        Span<byte> both = stackalloc byte[2 * Hash256.Size];
        left.CopyTo(both);
        right.CopyTo(both[Hash256.Size..]);
        return Hash256.Sha256(both);
    }
}
