using System.Buffers.Binary;

namespace Anarchive.Node;

/// <summary>One fragment: all of its <c>moof</c>, and the head of the <c>mdat</c> that comes next.</summary>
/// <param name="BodyBytes">That follow the head in the stream.</param>
/// <param name="TimeUs">When its first frame is shown; null where a film's fragment holds sound alone.</param>
internal sealed record Mp4Fragment(ReadOnlyMemory<byte> Head, long BodyBytes, long? TimeUs);

/// <summary>Reads fragmented MP4 (ISO/IEC 14496-12) as ffmpeg writes it, from a pipe.</summary>
/// <remarks>Sizes are bounded before anything is kept: what ffmpeg makes comes from files of anybody's.</remarks>
internal sealed class Mp4Fragments(Stream stream)
{
    private const int HeadBytesMax = 8 << 20;
    private const long BodyBytesMax = 1L << 30;
    private const int BoxBytes = 8;
    private const int LargeBoxBytes = 16;
    private const string Picture = "vide";

    private uint _track;
    private uint _timescale;

    /// <summary>What stands before the fragments: <c>ftyp</c> and <c>moov</c>. Null where the stream ends.</summary>
    /// <exception cref="MediaException"><c>media_unreadable</c>: it is no such stream.</exception>
    public async Task<byte[]?> InitAsync(CancellationToken cancellation)
    {
        var init = new List<byte>();
        while (await BoxAsync(cancellation) is var (type, head, bytes))
        {
            if (type is not ("ftyp" or "moov")) throw Wrong();
            var box = await WholeAsync(head, bytes, cancellation);
            init.AddRange(box);
            if (type != "moov") continue;
            ReadTracks(box);
            return [.. init];
        }

        return init.Count == 0 ? null : throw Wrong();
    }

    /// <summary>The next one; its body has to be taken before that after it. Null at the end of the stream.</summary>
    /// <exception cref="MediaException"><c>media_unreadable</c></exception>
    public async Task<Mp4Fragment?> NextAsync(CancellationToken cancellation)
    {
        while (await BoxAsync(cancellation) is var (type, head, bytes))
        {
            if (type is "mdat") throw Wrong();
            var box = await WholeAsync(head, bytes, cancellation);
            // Tables at the end (mfra) are of no use in segments.
            if (type != "moof") continue;
            if (await BoxAsync(cancellation) is not ("mdat", var body, var bodyBytes)) throw Wrong();
            if (bodyBytes > BodyBytesMax) throw Wrong();
            return new Mp4Fragment(new List<byte>([.. box, .. body]).ToArray(), bodyBytes - body.Length, TimeOf(box));
        }

        return null;
    }

    /// <summary>Moves a fragment's body to where it goes; null drops it.</summary>
    public async Task BodyAsync(Mp4Fragment fragment, Stream? into, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        for (var left = fragment.BodyBytes; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            var read = await stream.ReadAsync(part, cancellation);
            if (read == 0) throw Wrong();
            if (into is not null) await into.WriteAsync(part[..read], cancellation);
            left -= read;
        }
    }

    private async Task<(string Type, byte[] Head, long Bytes)?> BoxAsync(CancellationToken cancellation)
    {
        var head = new byte[LargeBoxBytes];
        var read = await stream.ReadAtLeastAsync(head.AsMemory(0, BoxBytes), BoxBytes, false, cancellation);
        if (read == 0) return null;
        if (read < BoxBytes) throw Wrong();
        long bytes = BinaryPrimitives.ReadUInt32BigEndian(head);
        var used = BoxBytes;
        if (bytes == 1)
        {
            await FillAsync(head.AsMemory(BoxBytes), cancellation);
            bytes = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(BoxBytes));
            used = LargeBoxBytes;
        }

        return bytes >= used ? (TypeAt(head, 4), head[..used], bytes) : throw Wrong();
    }

    private async Task<byte[]> WholeAsync(byte[] head, long bytes, CancellationToken cancellation)
    {
        if (bytes > HeadBytesMax) throw Wrong();
        var box = new byte[bytes];
        head.CopyTo(box, 0);
        await FillAsync(box.AsMemory(head.Length), cancellation);
        return box;
    }

    private async Task FillAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (await stream.ReadAtLeastAsync(into, into.Length, false, cancellation) < into.Length) throw Wrong();
    }

    /// <summary>Segments go by the picture, where there is one.</summary>
    private void ReadTracks(ReadOnlySpan<byte> moov)
    {
        foreach (var (type, at, end) in Boxes(moov, BoxBytes, moov.Length))
        {
            if (type != "trak") continue;
            var (track, scale, handler) = Track(moov, at, end);
            if (_timescale != 0 && handler != Picture) continue;
            (_track, _timescale) = (track, scale);
            if (handler == Picture) break;
        }

        if (_timescale == 0) throw Wrong();
    }

    private static (uint Track, uint Timescale, string Handler) Track(ReadOnlySpan<byte> all, int from, int to)
    {
        var found = (Track: 0u, Timescale: 0u, Handler: "");
        foreach (var (type, at, end) in Boxes(all, from, to))
        {
            if (type == "mdia")
            {
                var (_, scale, handler) = Track(all, at, end);
                (found.Timescale, found.Handler) = (scale, handler);
            }

            // Each begins with a version and flags; version 1 has times of 8 bytes in place of 4.
            if (type == "tkhd") found.Track = Number(all, at + (all[at] == 1 ? 20 : 12), end);
            if (type == "mdhd") found.Timescale = Number(all, at + (all[at] == 1 ? 20 : 12), end);
            if (type == "hdlr" && end - at >= 12) found.Handler = TypeAt(all, at + 8);
        }

        return found;
    }

    private long? TimeOf(ReadOnlySpan<byte> moof)
    {
        foreach (var (type, at, end) in Boxes(moof, BoxBytes, moof.Length))
        {
            if (type != "traf") continue;
            var (track, decode, shown) = (0u, 0L, 0L);
            foreach (var (part, from, to) in Boxes(moof, at, end))
            {
                if (part == "tfhd") track = Number(moof, from + 4, to);
                if (part == "tfdt")
                    decode = moof[from] == 1
                        ? (long)Number(moof, from + 4, to) << 32 | Number(moof, from + 8, to)
                        : Number(moof, from + 4, to);
                if (part == "trun") shown = FirstOffset(moof, from, to);
            }

            if (track == _track) return (long)((Int128)(decode + shown) * 1_000_000 / _timescale);
        }

        return null;
    }

    /// <summary>How much later than decoded the first frame of a run is shown.</summary>
    private static long FirstOffset(ReadOnlySpan<byte> all, int at, int end)
    {
        var flags = Number(all, at, end) & 0xFFFFFF;
        if ((flags & 0x800) == 0) return 0;
        // After the count: the data's offset and the first sample's flags; in a sample: duration, size and flags.
        var before = new uint[] { 0x1, 0x4, 0x100, 0x200, 0x400 }.Count(flag => (flags & flag) != 0);
        return (int)Number(all, at + 8 + 4 * before, end);
    }

    private static uint Number(ReadOnlySpan<byte> all, int at, int end) =>
        at + 4 <= end ? BinaryPrimitives.ReadUInt32BigEndian(all[at..]) : throw Wrong();

    private static string TypeAt(ReadOnlySpan<byte> all, int at) =>
        System.Text.Encoding.Latin1.GetString(all.Slice(at, 4));

    /// <summary>Boxes side by side, with where their content begins and ends.</summary>
    private static List<(string Type, int At, int End)> Boxes(ReadOnlySpan<byte> all, int from, int to)
    {
        var found = new List<(string, int, int)>();
        for (var at = from; at < to;)
        {
            var bytes = Number(all, at, to);
            // A box with content has at least a version behind its head; what is read of it is checked again.
            if (bytes < BoxBytes || bytes > to - at) throw Wrong();
            if (bytes > BoxBytes) found.Add((TypeAt(all, at + 4), at + BoxBytes, at + (int)bytes));
            at += (int)bytes;
        }

        return found;
    }

    private static MediaException Wrong() => new("media_unreadable", "The file cannot be made into segments.");
}
