using System.Buffers;
using System.IO.Compression;

namespace Anarchive.Node;

/// <summary>Lines in a Brotli file (RFC 7932): quality 9 and a window of 4 MiB, the same everywhere.</summary>
/// <remarks>Equal lines make equal bytes with one build of Brotli; another build may compress otherwise.</remarks>
internal static class BrotliLines
{
    private const int Quality = 9;
    private const int WindowBits = 22;
    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes each line and a line feed; tells how many bytes and lines went in.</summary>
    public static (long RawBytes, long Rows) Write(Stream to, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var encoder = new BrotliEncoder(Quality, WindowBits);
        var packed = new byte[BufferBytes];
        var plain = new ArrayBufferWriter<byte>(BufferBytes);
        var (bytes, rows) = (0L, 0L);
        try
        {
            foreach (var line in lines)
            {
                plain.Write(line.Span);
                plain.Write("\n"u8);
                (bytes, rows) = (bytes + line.Length + 1, rows + 1);
                if (plain.WrittenCount < BufferBytes) continue;
                Compress(ref encoder, plain.WrittenSpan, packed, to, isLast: false);
                plain.ResetWrittenCount();
            }

            Compress(ref encoder, plain.WrittenSpan, packed, to, isLast: true);
        }
        finally
        {
            encoder.Dispose();
        }

        return (bytes, rows);
    }

    /// <summary>
    /// True where a file expands to exactly that many bytes and ends there. No more than that and one buffer is ever
    /// expanded, whatever the file would become.
    /// </summary>
    public static bool ExpandsTo(string path, long rawBytes)
    {
        var total = 0L;
        foreach (var chunk in Expand(path, rawBytes))
        {
            if (chunk.IsEmpty) return false;
            total += chunk.Length;
        }

        return total == rawBytes;
    }

    /// <summary>
    /// Lines without their line feeds, each valid until the next is asked for; the file has passed
    /// <see cref="ExpandsTo"/>. What follows the last line feed is a line too long or unfinished: the rest comes as one
    /// line, of <paramref name="lineBytesMax"/> and more bytes or without its end, and reads as no row.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(string path, long rawBytes, int lineBytesMax)
    {
        var held = new byte[2 * lineBytesMax + 2 * BufferBytes];
        var (start, end) = (0, 0);
        foreach (var chunk in Expand(path, rawBytes))
        {
            if (chunk.IsEmpty) throw new IOException("An edition's file has changed since it was checked.");
            held.AsSpan(start, end - start).CopyTo(held);
            (start, end) = (0, end - start);
            chunk.CopyTo(held.AsMemory(end));
            end += chunk.Length;
            for (int length; (length = held.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                yield return held.AsMemory(start, length);
            if (end - start <= lineBytesMax) continue;
            yield return held.AsMemory(start, lineBytesMax + 1);
            yield break;
        }

        // A last line needs its line feed too: with the sign of neither a row nor a change it is refused.
        if (start < end) yield return "\0"u8.ToArray();
    }

    /// <summary>
    /// Ends with an empty one where it is no Brotli, cut off, or goes on behind its end or past the bound.
    /// </summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Expand(string path, long rawBytes)
    {
        using var from = File.OpenRead(path);
        using var state = new Expansion(from);
        var total = 0L;
        while (state.Next() is { } chunk)
        {
            total += chunk.Length;
            if (chunk.IsEmpty || total > rawBytes)
            {
                yield return default;
                yield break;
            }

            yield return chunk;
        }
    }

    private static void Compress(
        ref BrotliEncoder encoder, ReadOnlySpan<byte> plain, byte[] packed, Stream to, bool isLast)
    {
        OperationStatus status;
        do
        {
            status = encoder.Compress(plain, packed, out var taken, out var made, isLast);
            to.Write(packed, 0, made);
            plain = plain[taken..];
        }
        while (status == OperationStatus.DestinationTooSmall || !plain.IsEmpty);
    }

    /// <summary>A decoder over a stream; its window is as large as the file asks for, 16 MiB at most.</summary>
    private sealed class Expansion(Stream from) : IDisposable
    {
        private readonly byte[] _packed = new byte[BufferBytes];
        private readonly byte[] _plain = new byte[BufferBytes];
        private BrotliDecoder _decoder;
        private int _start;
        private int _end;
        private bool _isDone;

        /// <summary>Null at a sound end; empty at a fault.</summary>
        public ReadOnlyMemory<byte>? Next()
        {
            if (_isDone) return null;
            while (true)
            {
                var status = _decoder.Decompress(
                    _packed.AsSpan(_start, _end - _start), _plain, out var taken, out var made);
                _start += taken;
                if (status == OperationStatus.InvalidData) return Memory<byte>.Empty;
                if (status == OperationStatus.Done)
                {
                    _isDone = true;
                    var isEnd = _start == _end && from.Read(_packed) == 0;
                    if (!isEnd) return Memory<byte>.Empty;
                    // Not by "?:", where null would become an empty one, which is a fault.
                    if (made == 0) return null;
                    return _plain.AsMemory(0, made);
                }

                if (made > 0) return _plain.AsMemory(0, made);
                if (status != OperationStatus.NeedMoreData) continue;
                _packed.AsSpan(_start, _end - _start).CopyTo(_packed);
                (_start, _end) = (0, _end - _start);
                var read = from.Read(_packed, _end, _packed.Length - _end);
                if (read == 0) return Memory<byte>.Empty;
                _end += read;
            }
        }

        public void Dispose() => _decoder.Dispose();
    }
}
