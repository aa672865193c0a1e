using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Anarchive.Node;

/// <summary>How a file and the pieces of a torrent in which it lies compare.</summary>
internal enum PieceMatch
{
    /// <summary>No piece could be read whole, which proves nothing.</summary>
    Unknown,

    /// <summary>A piece is not the torrent's.</summary>
    Wrong,

    /// <summary>Every piece that could be read whole is the torrent's.</summary>
    Right,

    /// <summary>All of them could be read, and are the torrent's.</summary>
    Proven,
}

/// <summary>Compares files with the pieces of a torrent before they are laid where its client looks for them.</summary>
internal static class PieceProof
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>
    /// Reads the pieces in which a file lies, with what lies beside it there.
    /// </summary>
    /// <param name="sources">Of each file of the torrent, where its bytes are; null where they are not known.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<PieceMatch> OfAsync(
        TorrentDescription torrent, IReadOnlyList<string?> sources, int file, CancellationToken cancellation)
    {
        var (from, length) = (torrent.Files[file].Offset, torrent.Files[file].Length);
        if (length == 0) return PieceMatch.Unknown;
        var (right, unread) = (0, 0);
        var buffer = new byte[BufferBytes];
        using var open = new OpenFiles(sources);
        for (var piece = (int)(from / torrent.PieceLength); piece <= (from + length - 1) / torrent.PieceLength; piece++)
        {
            if (await HashAsync(torrent, open, piece, buffer, cancellation) is not { } hash) unread++;
            else if (hash != torrent.Piece(piece)) return PieceMatch.Wrong;
            else right++;
        }

        return right == 0 ? PieceMatch.Unknown : unread == 0 ? PieceMatch.Proven : PieceMatch.Right;
    }

    /// <summary>Null where not every byte of the piece is here.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 asks for SHA-1.")]
    private static async Task<Hash160?> HashAsync(
        TorrentDescription torrent, OpenFiles open, int piece, byte[] buffer, CancellationToken cancellation)
    {
        var start = piece * torrent.PieceLength;
        var end = Math.Min(torrent.Length, start + torrent.PieceLength);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (var i = 0; i < torrent.Files.Count; i++)
        {
            var file = torrent.Files[i];
            var (first, last) = (Math.Max(start, file.Offset), Math.Min(end, file.Offset + file.Length));
            if (first >= last) continue;
            var source = file.IsPadding ? null : open.Of(i);
            if (source is null && !file.IsPadding) return null;
            for (var at = first; at < last;)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, last - at));
                if (source is null) part.Span.Clear();
                else if (!await FileBytes.FillAsync(source, part, at - file.Offset, cancellation)) return null;
                hash.AppendData(part.Span);
                at += part.Length;
            }
        }

        return new Hash160(hash.GetHashAndReset());
    }

    private sealed class OpenFiles(IReadOnlyList<string?> sources) : IDisposable
    {
        private readonly Dictionary<int, SafeFileHandle> _open = [];

        public SafeFileHandle? Of(int file)
        {
            if (sources[file] is not { } path) return null;
            if (!_open.TryGetValue(file, out var handle))
                _open[file] = handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return handle;
        }

        public void Dispose()
        {
            foreach (var handle in _open.Values) handle.Dispose();
        }
    }
}
