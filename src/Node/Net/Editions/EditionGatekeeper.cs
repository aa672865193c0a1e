using System.Globalization;
using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>An edition that passed all gates but the last: it may be taken over.</summary>
/// <param name="Path">Of its file, which must not change.</param>
public sealed record CheckedPartEdition(EventId Id, PartEdition Manifest, ReadOnlyMemory<byte> Payload, string Path)
{
    /// <summary>Lines of the file: rows, or a delta's changes. Each is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Lines() => EditionGatekeeper.LinesOf(Manifest, Path);
}

/// <summary>The gates on an edition's way in, one after the other; the first that does not open is told.</summary>
/// <remarks>
/// Nothing is changed. A file is read several times: whole before it is expanded, expanded before a row is read, and
/// row by row, so that the gate told is the first in their order, and no later one sees what an earlier one refuses.
/// </remarks>
public static class EditionGatekeeper
{
    // A delta's sign comes on top.
    private const int LineBytesMax = EditionLimits.RowBytesMax + 1;

    /// <summary>Gates 1 to 4: whether to fetch anything at all.</summary>
    public static EditionVerdict CheckManifest(EditionClaim claim, EditionStanding standing, out PartEdition? manifest)
    {
        manifest = EditionGates.Read(claim, out var verdict);
        return manifest is null ? verdict : EditionGates.Check(claim, manifest, standing);
    }

    /// <summary>Gates 5 and 6: whether to fetch the file by this description.</summary>
    public static EditionVerdict CheckTorrent(
        PartEdition manifest, ReadOnlyMemory<byte> torrent, out Metainfo? metainfo)
    {
        metainfo = Metainfo.Read(torrent, out var fault);
        if (metainfo is null) return Refuse(EditionGate.Torrent, fault.ToString());
        var wrong = metainfo.Name != manifest.File.Name ? nameof(metainfo.Name)
            : metainfo.Length != manifest.File.Bytes ? nameof(metainfo.Length)
            : metainfo.PieceLength != manifest.File.PieceLength ? nameof(metainfo.PieceLength)
            : metainfo.Source != EditionName.Source(manifest.Group) ? nameof(metainfo.Source)
            : null;
        if (wrong is not null) return Refuse(EditionGate.Torrent, wrong);
        return metainfo.InfoHash.ToString() == manifest.File.Ih1
            ? EditionVerdict.Pass.Instance
            : Refuse(EditionGate.InfoHash, "ih1");
    }

    /// <summary>Gates 7 to 11: whether the file's rows may be taken over.</summary>
    /// <param name="held">The rows that are here, sorted; asked for a delta alone.</param>
    public static EditionVerdict CheckFile(
        PartEdition manifest, Metainfo torrent, string path, Func<IEnumerable<ReadOnlyMemory<byte>>> held)
    {
        var bytes = CheckBytes(manifest, torrent, path);
        if (bytes is not EditionVerdict.Pass) return bytes;
        if (!BrotliLines.ExpandsTo(path, manifest.File.RawBytes)) return Refuse(EditionGate.Expansion, "raw_bytes");
        var rows = RowCheck.Lines(manifest, LinesOf(manifest, path));
        if (rows is not EditionVerdict.Pass) return rows;
        return RowCheck.State(manifest, manifest.Kind == EditionKind.Full
            ? LinesOf(manifest, path)
            : EditionDelta.Apply(held(), LinesOf(manifest, path)));
    }

    /// <summary>Gates 1 to 11 in order; null where one does not open.</summary>
    public static CheckedPartEdition? Check(
        EditionClaim claim, EditionStanding standing, ReadOnlyMemory<byte> torrent, string path,
        Func<IEnumerable<ReadOnlyMemory<byte>>> held, out EditionVerdict verdict)
    {
        verdict = CheckManifest(claim, standing, out var manifest);
        if (verdict is not EditionVerdict.Pass) return null;
        verdict = CheckTorrent(manifest!, torrent, out var metainfo);
        if (verdict is not EditionVerdict.Pass) return null;
        verdict = CheckFile(manifest!, metainfo!, path, held);
        return verdict is EditionVerdict.Pass
            ? new CheckedPartEdition(claim.Id, manifest!, claim.Payload, path)
            : null;
    }

    internal static IEnumerable<ReadOnlyMemory<byte>> LinesOf(PartEdition manifest, string path) =>
        BrotliLines.Read(path, manifest.File.RawBytes, LineBytesMax);

    private static EditionVerdict CheckBytes(PartEdition manifest, Metainfo torrent, string path)
    {
        using var from = File.OpenRead(path);
        if (from.Length != torrent.Length) return Refuse(EditionGate.Piece, "length");
        var wrong = -1;
        var digest = EditionDigest.Of(from, torrent.Length, (index, hash) =>
        {
            if (torrent.Piece(index) == hash) return true;
            wrong = index;
            return false;
        });
        if (digest is null)
            return Refuse(EditionGate.Piece, string.Create(CultureInfo.InvariantCulture, $"piece {wrong}"));
        if (digest.Sha256.ToString() != manifest.File.Sha256) return Refuse(EditionGate.Digest, "sha256");
        return digest.PiecesRoot.ToString() == manifest.File.PiecesRoot
            ? EditionVerdict.Pass.Instance
            : Refuse(EditionGate.Digest, "pieces_root");
    }

    private static EditionVerdict.Refuse Refuse(EditionGate gate, string fault) => new(gate, fault);
}
