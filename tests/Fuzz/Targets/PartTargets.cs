using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Tests.Fuzz;

/// <summary>What carries editions of parts: torrents, manifests, rows and compressed files.</summary>
internal static class PartTargets
{
    private static readonly EditionWorld World = new EditionWorld(3).Live(12);

    private static readonly RowRules Rules = RowRules.Of(EditionWorld.Manifest(cut: [.. World.Cut]));

    private static readonly SignalEnrolment Enrolment = new(
        new NodeId(Hash256.Sha256("a"u8)), Hash256.Sha256("b"u8).ToArray(), Hash256.Sha256("c"u8).ToArray());

    private static readonly string[] Members =
    [
        .. Examples.JsonTokens, ",\"lww\":[", ",\"target\":[", "[0,2]", "\"key\"", "\"part\"", "\"method\"",
        "\"import\"", "\"n\":5", "9223372036854775807", "0,", "]}",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("torrent", [Torrent(1), Torrent(300_000)],
            ["d", "e", "l", "i0e", "i1e", "4:info", "5:files", "6:length", "4:name", "7:private", "6:source", "3:../"],
            Read),
        FuzzTarget.Of("part-edition", [NetPayloads.Write(EditionWorld.Manifest(2), out _)!,
            NetPayloads.Write(EditionWorld.Totals(), out _)!],
            [.. Members, "\"friends\"", "\"network\"", "\"cut\"", "null", "\"open\""], Manifest),
        FuzzTarget.Of("part-row", World.Rows(), Members, Row),
        FuzzTarget.Of("part-total",
            [Encoding.ASCII.GetBytes("""{"key":"work:mal:1/1/1","metric":"kept","week":"2026-W07","n":5}""")],
            Members, Total),
        FuzzTarget.Of("signal-enrolment", [Encoding.ASCII.GetBytes(Enrolment.Write())],
            [SignalEnrolment.Prefix, "A", "_", "-", "=", " ", "\n", "\0"], Enrolled),
        FuzzTarget.Of("part-delta", [Encoding.ASCII.GetBytes("+b\n-c\n+d")], ["+", "-", "\n", "a", "b", "c"], Delta),
    ];

    private static byte[] Torrent(int length) =>
        Metainfo.Make("part-1-0123456789abcdef.jsonl.br", length, new MemoryStream(new byte[length]), "anarchive:g")
            .Bare();

    private static string Read(byte[] bytes)
    {
        if (Metainfo.Read(bytes, out var fault) is not { } read) return $"{FuzzTarget.Refused} {fault}";
        FuzzTarget.Holds(!read.Name.Contains('/') && read.Name[0] != '.', "A name that is a path.");
        FuzzTarget.Holds(
            Enumerable.Range(0, read.PieceCount).Sum(i => (long)read.LengthOfPiece(i)) == read.Length,
            "The pieces are not the whole.");
        return FuzzTarget.Same(bytes, read.Bare(), $"{read.PieceCount}");
    }

    private static string Manifest(byte[] bytes)
    {
        if (NetPayloads.ReadPayload(NetApp.PartEditionPublished, bytes) is not PartEdition read)
            return FuzzTarget.Refused;
        FuzzTarget.Holds(
            read.Ring == EditionRing.Network || read is { K: 1, SwarmIsolation: SwarmIsolation.F2fOnly },
            "An edition for friends that others may pass on.");
        return FuzzTarget.Same(bytes, NetPayloads.Write(read, out _)!, $"{read.Ring} {read.Kind} {read.Cut.Count}");
    }

    private static string Row(byte[] bytes)
    {
        if (EditionReader.TryRead(Rules, bytes) is not { } row) return FuzzTarget.Refused;
        var sees = EditionReader.TryReadPlace(bytes, out var order, out var target);
        FuzzTarget.Holds(sees && order == row.Order && target == row.Target, "Read otherwise without its content.");
        FuzzTarget.Holds(row.Content is not IObservation { Method: Method.Import }, "An import among friends.");
        return $"{row.Content.GetType().Name} {target is null}";
    }

    private static string Total(byte[] bytes)
    {
        if (EditionReader.TryRead(RowRules.Of(EditionWorld.Totals()), bytes) is not { } row) return FuzzTarget.Refused;
        FuzzTarget.Holds(row.Content is SignalRow { N: >= 5 }, "A total below K.");
        return "read";
    }

    private static string Enrolled(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        if (SignalEnrolment.TryParse(text) is not { } read) return FuzzTarget.Refused;
        return FuzzTarget.Same(
            Encoding.Latin1.GetBytes(text.Trim()), Encoding.ASCII.GetBytes(read.Write()), "read");
    }

    private static string Delta(byte[] bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        foreach (var range in bytes.AsSpan().Split((byte)'\n')) lines.Add(bytes.AsMemory(range));
        var before = new[] { "a"u8.ToArray(), "c"u8.ToArray(), "e"u8.ToArray() };
        var after = EditionDelta.Apply(EditionWorld.Lines(before), lines).Select(r => r.ToArray()).ToArray();
        if (after is [.., { Length: 0 }]) return FuzzTarget.Refused;
        var made = EditionDelta.Between(EditionWorld.Lines(before), EditionWorld.Lines(after)).ToArray();
        FuzzTarget.Holds(
            made.Select(l => Convert.ToHexString(l.Span)).SequenceEqual(
                lines.Select(l => Convert.ToHexString(l.Span))),
            "Applied, and would be made otherwise.");
        return $"{after.Length}";
    }
}
