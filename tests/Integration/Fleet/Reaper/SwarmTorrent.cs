using System.Buffers;
using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A torrent as others make them: with a tracker, and private or not.</summary>
/// <param name="name">Of its one file, all zeros.</param>
internal sealed class SwarmTorrent(string name, long length, bool isPrivate, string? announce)
{
    public string Name => name;

    public long Length => length;

    public int PieceBytes { get; init; } = 1024 * 1024;

    /// <summary>Where it has several files, of these bytes; else null.</summary>
    public IReadOnlyList<(string Name, byte[] Content)>? Files { get; init; }

    /// <summary>Of several files.</summary>
    public static SwarmTorrent Of(
        string name, bool isPrivate, string? announce, params (string Name, byte[] Content)[] files) =>
        new(name, files.Sum(f => (long)f.Content.Length), isPrivate, announce)
        {
            Files = files,
            PieceBytes = 64 * 1024,
        };

    public Hash160 InfoHash => Hash160.Of(Info());

    /// <summary>As a client reads it.</summary>
    public byte[] Bytes
    {
        get
        {
            var whole = new ArrayBufferWriter<byte>();
            Bencode.Mark(whole, 'd');
            if (announce is not null)
            {
                Bencode.Write(whole, "announce");
                Bencode.Write(whole, announce);
            }

            Bencode.Write(whole, "info");
            whole.Write(Info());
            Bencode.Mark(whole, 'e');
            return whole.WrittenSpan.ToArray();
        }
    }

    /// <summary>Its files whole; one of zeros has holes, which read so.</summary>
    public void Lay(string folder)
    {
        Directory.CreateDirectory(Files is null ? folder : Path.Combine(folder, name));
        foreach (var (each, content) in Files ?? []) File.WriteAllBytes(Path.Combine(folder, name, each), content);
        if (Files is not null) return;
        using var file = File.Create(Path.Combine(folder, name));
        file.SetLength(length);
    }

    private byte[] Info()
    {
        var info = new ArrayBufferWriter<byte>();
        Bencode.Mark(info, 'd');
        if (Files is not null)
        {
            Bencode.Write(info, "files");
            Bencode.Mark(info, 'l');
            foreach (var file in Files)
            {
                Bencode.Mark(info, 'd');
                Bencode.Write(info, "length");
                Bencode.Write(info, file.Content.Length);
                Bencode.Write(info, "path");
                Bencode.Mark(info, 'l');
                Bencode.Write(info, file.Name);
                Bencode.Mark(info, 'e');
                Bencode.Mark(info, 'e');
            }

            Bencode.Mark(info, 'e');
        }
        else
        {
            Bencode.Write(info, "length");
            Bencode.Write(info, length);
        }

        Bencode.Write(info, "name");
        Bencode.Write(info, name);
        Bencode.Write(info, "piece length");
        Bencode.Write(info, PieceBytes);
        Bencode.Write(info, "pieces");
        Bencode.Write(info, Pieces());
        if (isPrivate)
        {
            Bencode.Write(info, "private");
            Bencode.Write(info, 1);
        }

        Bencode.Mark(info, 'e');
        return info.WrittenSpan.ToArray();
    }

    private byte[] Pieces()
    {
        if (Files is not null)
            return
            [
                .. Files.SelectMany(f => f.Content).Chunk(PieceBytes).SelectMany(p => Hash160.Of(p).ToArray()),
            ];
        var (whole, rest) = Math.DivRem(length, PieceBytes);
        var zeros = Hash160.Of(new byte[PieceBytes]).ToArray();
        var pieces = Enumerable.Repeat(zeros, (int)whole).SelectMany(h => h).ToList();
        if (rest > 0) pieces.AddRange(Hash160.Of(new byte[rest]).ToArray());
        return [.. pieces];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name} ({InfoHash})");
}
