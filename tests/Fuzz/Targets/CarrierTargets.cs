using System.Text;
using Anarchive.Node;

namespace Anarchive.Tests.Fuzz;

/// <summary>What clients tell a tracker, and what other nodes say of their pieces.</summary>
internal static class CarrierTargets
{
    private const int Pieces = 13;

    private static readonly Hash160 Torrent = Hash160.Of("a file"u8);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("announce",
            [
                Examples.Utf8("?info_hash=%00%ff" + new string('a', 18) + "&port=6881&left=0&event=started&numwant=9"),
                Examples.Utf8($"info_hash={new string('b', 20)}&info_hash={new string('c', 20)}"),
            ],
            ["info_hash=", "port=", "left=", "numwant=", "event=stopped", "ip=", "&", "=", "%", "%0", "%zz", "-1"],
            Announced),
        FuzzTarget.Of("piece-set", [PieceSet.Whole(Pieces).ToBytes(), new PieceSet(Pieces).ToBytes()], ["\0"], bytes =>
            PieceSet.TryRead(bytes, Pieces) is { } read
                ? FuzzTarget.Same(bytes, read.ToBytes(), $"{read.Held} held")
                : FuzzTarget.Refused),
        FuzzTarget.Of("torrent-handshake", [WireHandshake.Write(new byte[8], Torrent)], ["\u0013", "\0"], Shaken),
        FuzzTarget.Of("torrent-client",
            [
                Examples.Utf8("qbittorrent+http://user:password@127.0.0.1:8080"),
                Examples.Utf8("transmission+http://localhost:9091/transmission/rpc"),
            ],
            ["aria2+http://:secret@[::1]", "+", "http://", "https://", "@", ":", "%40", "192.168.1.1", "?", "#", "/"],
            Chosen),
    ];

    private static string Announced(byte[] bytes)
    {
        if (AnnounceQuery.TryRead(Encoding.Latin1.GetString(bytes)) is not { } said) return FuzzTarget.Refused;
        FuzzTarget.Holds(said.Port is >= 0 and <= ushort.MaxValue, "A port that is none.");
        FuzzTarget.Holds(said is { Left: >= 0, Wanted: >= 0 and <= 50 }, "A number that is none.");
        return $"{said.InfoHashes.Count} torrents, {said.Event.Length > 0}";
    }

    private static string Shaken(byte[] bytes)
    {
        if (WireHandshake.TryRead(bytes, Torrent) is not { } reserved) return FuzzTarget.Refused;
        var common = WireHandshake.Common(reserved, [255, 255, 255, 255, 255, 255, 255, 255]);
        FuzzTarget.Holds(common[..^1].All(b => b == 0) && common[^1] is 0 or 4, "More than Fast is promised.");
        return $"read {common[^1]}";
    }

    private static string Chosen(byte[] bytes)
    {
        if (TorrentClientChoice.TryParse(Encoding.UTF8.GetString(bytes)) is not { } choice) return FuzzTarget.Refused;
        FuzzTarget.Holds(choice.IsOwn || choice.Address!.IsLoopback, "It leads away from this machine.");
        return choice.Kind;
    }
}
