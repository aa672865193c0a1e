using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Reads files from a node that serves them; what comes is not checked yet.</summary>
/// <param name="http">The connections to that node.</param>
/// <param name="address">Under which it serves them, without a slash at the end.</param>
/// <param name="token">Null where none is needed.</param>
/// <remarks>Every call throws <see cref="PeerException"/> for anything but a well-formed answer in time.</remarks>
public sealed class BlobClient(PeerHttp http, string address, string? token)
{
    /// <summary>A source that sends nothing for so long has stalled.</summary>
    public static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(30);

    // One that sends a byte now and then has, too.
    private const int SlowestBytesPerSecond = 4 * 1024;

    /// <summary>The torrent, without anybody's address in it.</summary>
    public async Task<Metainfo?> TorrentAsync(Hash160 ih, CancellationToken cancellation)
    {
        var bytes = await http.FetchAsync(new Uri($"{address}/torrents/{ih}"), token, cancellation);
        return Metainfo.Read(bytes, out _) is { } read && read.InfoHash == ih ? read : null;
    }

    /// <summary>Which pieces that node has.</summary>
    public async Task<PieceSet> HaveAsync(Metainfo what, CancellationToken cancellation)
    {
        var bits = await http.FetchAsync(new Uri($"{address}/blobs/{what.InfoHash}/have"), token, cancellation);
        return PieceSet.TryRead(bits.Span, what.PieceCount) ?? throw PeerException.Malformed();
    }

    /// <summary>One piece's bytes.</summary>
    /// <param name="stall">How long nothing may come.</param>
    public async Task<byte[]> PieceAsync(Metainfo what, int piece, TimeSpan stall, CancellationToken cancellation)
    {
        var bytes = new byte[what.LengthOfPiece(piece)];
        await http.FetchRangeAsync(
            new Uri($"{address}/blobs/{what.InfoHash}"),
            token,
            (long)piece * what.PieceLength,
            bytes,
            stall,
            stall + TimeSpan.FromSeconds((double)bytes.Length / SlowestBytesPerSecond),
            cancellation);
        return bytes;
    }
}

/// <summary>Who may have a file, and how to read it there.</summary>
/// <param name="Client">Throws <see cref="PeerException"/> where that node cannot be asked now.</param>
public sealed record BlobSource(NodeId Node, Func<BlobClient> Client);
