using System.Buffers;
using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A torrent as others make them: with a tracker, and private or not.</summary>
/// <param name="name">Of its one file, all zeros.</param>
internal sealed class SwarmTorrent(string name, long length, bool isPrivate, string? announce)
{
    private const int PieceBytes = 1024 * 1024;

    public string Name => name;

    public long Length => length;

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

    /// <summary>Its file, whole and of holes, which read as zeros.</summary>
    public void Lay(string folder)
    {
        Directory.CreateDirectory(folder);
        using var file = File.Create(Path.Combine(folder, name));
        file.SetLength(length);
    }

    private byte[] Info()
    {
        var info = new ArrayBufferWriter<byte>();
        Bencode.Mark(info, 'd');
        Bencode.Write(info, "length");
        Bencode.Write(info, length);
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
        var (whole, rest) = Math.DivRem(length, PieceBytes);
        var zeros = Hash160.Of(new byte[PieceBytes]).ToArray();
        var pieces = Enumerable.Repeat(zeros, (int)whole).SelectMany(h => h).ToList();
        if (rest > 0) pieces.AddRange(Hash160.Of(new byte[rest]).ToArray());
        return [.. pieces];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name} ({InfoHash})");
}
