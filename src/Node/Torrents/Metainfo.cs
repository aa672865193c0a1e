using System.Buffers;
using System.Text;

namespace Anarchive.Node;

/// <summary>Why a torrent's description is refused.</summary>
public enum MetainfoFault
{
    None,

    /// <summary>More than <see cref="Metainfo.BytesMax"/>.</summary>
    Oversized,

    /// <summary>No canonical bencoding, too deep, or of too many values.</summary>
    NotCanonical,

    /// <summary>A member is missing, of another type, or not one of a bare private torrent.</summary>
    Members,

    /// <summary>Several files, or one in folders.</summary>
    ManyFiles,

    /// <summary>A name that could be taken for a path, or with other letters than <c>A-Za-z0-9._-</c>.</summary>
    Name,

    /// <summary>No bytes, or a length of pieces that does not follow from the file's.</summary>
    Lengths,

    /// <summary>Not 20 bytes for each piece.</summary>
    Pieces,
}

/// <summary>
/// A torrent of version 1 (BEP 3) of one file, private (BEP 27), in its bare form: no tracker, no date, no comment.
/// </summary>
/// <remarks>
/// Equal files of equal name and source have equal bytes and so an equal info hash everywhere. Members of the info
/// dictionary: <c>length, name, piece length, pieces, private, source</c>, all of them and no other.
/// </remarks>
public sealed class Metainfo
{
    /// <summary>Of a description; as much as 52,000 pieces need.</summary>
    public const int BytesMax = 1024 * 1024;

    public const int NameCharsMax = 128;
    public const int SourceCharsMax = 128;

    private const int Kibi = 1024;
    private const int Mebi = 1024 * Kibi;

    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly ReadOnlyMemory<byte> _info;
    private readonly ReadOnlyMemory<byte> _pieces;

    private Metainfo(string name, long length, ReadOnlyMemory<byte> pieces, string source, ReadOnlyMemory<byte> info)
    {
        (Name, Length, Source, _pieces, _info) = (name, length, source, pieces, info);
        PieceLength = PieceLengthOf(length);
        InfoHash = Hash160.Of(info.Span);
    }

    public string Name { get; }

    /// <summary>Of the file, in bytes; at least 1.</summary>
    public long Length { get; }

    /// <summary>Sets torrents of one content apart (<c>anarchive:GROUP</c>), so that swarms do not mix.</summary>
    public string Source { get; }

    /// <summary>Bytes of every piece but the last.</summary>
    public int PieceLength { get; }

    public int PieceCount => _pieces.Length / Hash160.Size;

    /// <summary>SHA-1 of the info dictionary; "ih1" in manifests.</summary>
    public Hash160 InfoHash { get; }

    /// <summary>256 KiB for files of up to 16 MiB, 1 MiB up to 1 GiB, then 4 MiB.</summary>
    public static int PieceLengthOf(long length) => length switch
    {
        <= 16 * Mebi => 256 * Kibi,
        <= 1024L * Mebi => Mebi,
        _ => 4 * Mebi,
    };

    /// <summary>Reads a bare description; null, and why, where it is anything else.</summary>
    public static Metainfo? Read(ReadOnlyMemory<byte> bytes, out MetainfoFault fault)
    {
        fault = MetainfoFault.Oversized;
        if (bytes.Length > BytesMax) return null;
        fault = MetainfoFault.NotCanonical;
        if (!Bencode.TryRead(bytes, out var root)) return null;
        fault = MetainfoFault.Members;
        if (root is not BencodeValue.Dictionary { Entries.Count: 1 } outer) return null;
        if (outer["info"] is not BencodeValue.Dictionary info) return null;
        fault = MetainfoFault.ManyFiles;
        if (info["files"] is not null || info["file tree"] is not null) return null;
        fault = MetainfoFault.Members;
        if (info.Entries.Count != 6) return null;
        if (info["length"] is not BencodeValue.Number { Value: var length }) return null;
        if (info["piece length"] is not BencodeValue.Number { Value: var pieceLength }) return null;
        if (info["private"] is not BencodeValue.Number { Value: 1 }) return null;
        if (info["pieces"] is not BencodeValue.Text { Bytes: var pieces }) return null;
        if (info["source"] is not BencodeValue.Text source || !IsSource(source.Bytes.Span)) return null;
        if (info["name"] is not BencodeValue.Text stated) return null;
        var name = Encoding.Latin1.GetString(stated.Bytes.Span);
        fault = FaultOf(name, length, pieces.Length);
        if (fault == MetainfoFault.None && pieceLength != PieceLengthOf(length)) fault = MetainfoFault.Lengths;
        return fault == MetainfoFault.None
            ? new Metainfo(name, length, pieces, Encoding.ASCII.GetString(source.Bytes.Span), info.Raw)
            : null;
    }

    /// <summary>Describes a file whose pieces were hashed, each by <see cref="Hash160.Of"/>.</summary>
    /// <param name="pieces">20 bytes for each piece, in order.</param>
    /// <exception cref="ArgumentException"><see cref="Read"/> would refuse what was asked for.</exception>
    public static Metainfo Make(string name, long length, ReadOnlySpan<byte> pieces, string source)
    {
        if (!IsSource(Encoding.UTF8.GetBytes(source)))
            throw new ArgumentException("A source is printable ASCII.", nameof(source));
        var fault = FaultOf(name, length, pieces.Length);
        if (fault != MetainfoFault.None) throw new ArgumentException($"No torrent can be made: {fault}.", nameof(name));
        var info = new ArrayBufferWriter<byte>(pieces.Length + 512);
        Bencode.Mark(info, 'd');
        Bencode.Write(info, "length");
        Bencode.Write(info, length);
        Bencode.Write(info, "name");
        Bencode.Write(info, name);
        Bencode.Write(info, "piece length");
        Bencode.Write(info, PieceLengthOf(length));
        Bencode.Write(info, "pieces");
        Bencode.Write(info, pieces);
        Bencode.Write(info, "private");
        Bencode.Write(info, 1);
        Bencode.Write(info, "source");
        Bencode.Write(info, source);
        Bencode.Mark(info, 'e');
        var made = new Metainfo(name, length, pieces.ToArray(), source, info.WrittenMemory);
        if (made.Bare().Length > BytesMax) throw new ArgumentException("The file is too long.", nameof(length));
        return made;
    }

    /// <summary>Describes a file from its content, read from the stream's place to its end.</summary>
    /// <exception cref="ArgumentException">As the other one, and where the stream is not that long.</exception>
    public static Metainfo Make(string name, long length, Stream content, string source)
    {
        var fault = FaultOf(name, length, pieceBytes: null);
        if (fault != MetainfoFault.None) throw new ArgumentException($"No torrent can be made: {fault}.", nameof(name));
        var pieces = new byte[PieceCountOf(length) * Hash160.Size];
        var buffer = new byte[PieceLengthOf(length)];
        var left = length;
        for (var at = 0; at < pieces.Length; at += Hash160.Size)
        {
            var read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            left -= read;
            Hash160.Of(buffer.AsSpan(0, read)).ToArray().CopyTo(pieces, at);
        }

        if (left != 0 || content.ReadAtLeast(buffer, 1, throwOnEndOfStream: false) != 0)
            throw new ArgumentException("The file has another length.", nameof(length));
        return Make(name, length, pieces, source);
    }

    /// <summary>The bytes to give to others: nothing but the info dictionary.</summary>
    public byte[] Bare() => Write(null, []);

    /// <summary>The bytes for a client on this machine, with its tracker (BEP 3) and web seeds (BEP 19).</summary>
    /// <remarks>The info hash stays; addresses of this machine must not be given to others.</remarks>
    public byte[] ForClient(string? announce, IReadOnlyList<string> webSeeds) => Write(announce, webSeeds);

    /// <summary>What a piece must hash to.</summary>
    public Hash160 Piece(int index) => new(_pieces.Span.Slice(index * Hash160.Size, Hash160.Size));

    /// <summary>Bytes of a piece; the last one may be shorter.</summary>
    public int LengthOfPiece(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
        return (int)Math.Min(PieceLength, Length - (long)index * PieceLength);
    }

    /// <summary>True where these are the bytes of that piece.</summary>
    public bool Matches(int index, ReadOnlySpan<byte> piece) =>
        piece.Length == LengthOfPiece(index) && Hash160.Of(piece) == Piece(index);

    /// <summary>How many pieces a file of that many bytes has.</summary>
    private static long PieceCountOf(long length) => (length - 1) / PieceLengthOf(length) + 1;

    private static MetainfoFault FaultOf(string name, long length, int? pieceBytes)
    {
        if (name.Length is 0 or > NameCharsMax || name[0] == '.' || name.AsSpan().ContainsAnyExcept(NameChars))
            return MetainfoFault.Name;
        // No more than the largest description can hold, so that nothing below overflows.
        if (length < 1 || PieceCountOf(length) > BytesMax / Hash160.Size) return MetainfoFault.Lengths;
        return pieceBytes is { } bytes && bytes != PieceCountOf(length) * Hash160.Size
            ? MetainfoFault.Pieces
            : MetainfoFault.None;
    }

    private static bool IsSource(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= SourceCharsMax && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    private byte[] Write(string? announce, IReadOnlyList<string> webSeeds)
    {
        var whole = new ArrayBufferWriter<byte>(_info.Length + 256);
        Bencode.Mark(whole, 'd');
        if (announce is not null)
        {
            Bencode.Write(whole, "announce");
            Bencode.Write(whole, announce);
        }

        Bencode.Write(whole, "info");
        whole.Write(_info.Span);
        if (webSeeds.Count > 0)
        {
            Bencode.Write(whole, "url-list");
            Bencode.Mark(whole, 'l');
            foreach (var seed in webSeeds) Bencode.Write(whole, seed);
            Bencode.Mark(whole, 'e');
        }

        Bencode.Mark(whole, 'e');
        return whole.WrittenSpan.ToArray();
    }
}
