namespace Anarchive.Node;

/// <summary>A file within a torrent's bytes.</summary>
/// <param name="Offset">From the first byte of the torrent's first file.</param>
/// <param name="IsPadding">Zeros that no client keeps (BEP 47).</param>
public readonly record struct DescribedFile(long Offset, long Length, bool IsPadding);

/// <summary>A torrent as others make them (BEP 3): of any number of files, private or not.</summary>
/// <remarks>Of one that has both versions the first counts. Names of files are not looked at.</remarks>
public sealed class TorrentDescription
{
    /// <summary>Of a description; larger ones are not read.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    private const long PieceLengthMax = 256L * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _pieces;

    private TorrentDescription(
        BencodeValue.Dictionary info, long pieceLength, ReadOnlyMemory<byte> pieces,
        IReadOnlyList<DescribedFile> files)
    {
        (PieceLength, _pieces, Files) = (pieceLength, pieces, files);
        InfoHash = Hash160.Of(info.Raw.Span);
        IsPrivate = info["private"] is BencodeValue.Number { Value: 1 };
    }

    public Hash160 InfoHash { get; }

    /// <summary>Its peers come from its own tracker alone (BEP 27).</summary>
    public bool IsPrivate { get; }

    public long PieceLength { get; }

    public int PieceCount => _pieces.Length / Hash160.Size;

    /// <summary>Of all files together.</summary>
    public long Length => Files[^1].Offset + Files[^1].Length;

    /// <summary>In the torrent's order, with what pads them.</summary>
    public IReadOnlyList<DescribedFile> Files { get; }

    /// <summary>Null where it is no description of a torrent of version 1.</summary>
    public static TorrentDescription? TryRead(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > BytesMax || !Bencode.TryRead(bytes, out var root)
            || (root as BencodeValue.Dictionary)?["info"] is not BencodeValue.Dictionary info
            || info["piece length"] is not BencodeValue.Number { Value: > 0 and <= PieceLengthMax and var pieceLength }
            || info["pieces"] is not BencodeValue.Text { Bytes: var pieces } || Read(info) is not { } files)
            return null;
        var length = files[^1].Offset + files[^1].Length;
        return length > 0 && pieces.Length % Hash160.Size == 0
            && (length - 1) / pieceLength + 1 == pieces.Length / Hash160.Size
            ? new TorrentDescription(info, pieceLength, pieces, files)
            : null;
    }

    /// <summary>What a piece must hash to.</summary>
    public Hash160 Piece(int index) => new(_pieces.Span.Slice(index * Hash160.Size, Hash160.Size));

    /// <summary>
    /// Of each file that a client lists, its place here; null where the list is not that of this torrent. Some clients
    /// list what pads files, too.
    /// </summary>
    public IReadOnlyList<int>? PlacesOf(IReadOnlyList<TorrentFile> listed)
    {
        var all = Enumerable.Range(0, Files.Count).ToList();
        foreach (var places in new[] { all, all.FindAll(i => !Files[i].IsPadding) })
            if (places.Count == listed.Count && !places.Where((p, i) => Files[p].Length != listed[i].SizeBytes).Any())
                return places;
        return null;
    }

    private static List<DescribedFile>? Read(BencodeValue.Dictionary info)
    {
        if (info["length"] is BencodeValue.Number { Value: > 0 and var length })
            return [new DescribedFile(0, length, IsPadding: false)];
        if (info["files"] is not BencodeValue.List { Items.Count: > 0 } list) return null;
        var files = new List<DescribedFile>(list.Items.Count);
        var offset = 0L;
        foreach (var entry in list.Items)
        {
            if (entry is not BencodeValue.Dictionary file
                || file["length"] is not BencodeValue.Number { Value: >= 0 and var bytes }
                || bytes > long.MaxValue - offset)
                return null;
            files.Add(new DescribedFile(
                offset, bytes, file["attr"] is BencodeValue.Text { Bytes: var attr } && attr.Span.Contains((byte)'p')));
            offset += bytes;
        }

        return files;
    }
}
