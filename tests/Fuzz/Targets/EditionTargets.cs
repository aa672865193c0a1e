using System.Buffers;
using Anarchive.Log;

namespace Anarchive.Tests.Fuzz;

/// <summary>Editions, as a file from anybody and as one built around events from anybody.</summary>
internal static class EditionTargets
{
    private static readonly string[] Members =
    [
        .. Examples.JsonTokens, "\n", "\"edition\":1", "\"group\"", "\"state_root\"", "\"vector\"", "\"header\"",
        "\"salt\"", "\"payload\"", "\"signature\"", "\"hlc\"",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("edition-file", Examples.Batches.Select(Built), Members, File),
        FuzzTarget.Of("edition-seal", [Sealed(1), Sealed(3 * Limits.EditionPieceBytes)],
            [.. Examples.JsonTokens, "\"bytes\"", "\"pieces\"", "\"signature\"", "9223372036854775807"], Seal),
        FuzzTarget.Of("edition-events", Examples.Batches.Select(Examples.Frame), ["ANE1", "\u0001"], Events),
    ];

    private static byte[] Built(Batch run)
    {
        var last = run.Events[^1].Header;
        var cut = new EditionCut(run.Chain, new Head(last.Seq, last.Id), last.Hlc);
        return Written(new Edition(last.EffectiveGroup, [cut], Hash256.Sha256([1])), run.Events, new byte[64]);
    }

    private static byte[] Written(Edition edition, IEnumerable<Event> events, byte[] signature)
    {
        var file = new ArrayBufferWriter<byte>();
        file.Write(EditionFile.Write(edition));
        file.Write("\n"u8);
        foreach (var e in events)
        {
            EditionFile.Write(e, file);
            file.Write("\n"u8);
        }

        using var maker = new EditionSeal.Maker();
        maker.Add(file.WrittenSpan);
        file.Write(maker.Finish(_ => signature).Write());
        file.Write("\n"u8);
        return file.WrittenSpan.ToArray();
    }

    private static byte[] Sealed(int length)
    {
        using var maker = new EditionSeal.Maker();
        maker.Add(new byte[length]);
        return maker.Finish(_ => new byte[64]).Write();
    }

    private static string Seal(byte[] bytes)
    {
        if (EditionSeal.TryRead(bytes) is not { } seal) return FuzzTarget.Refused;
        long whole = 0;
        for (var piece = 0; piece < seal.Pieces.Count; piece++) whole += seal[piece].Length;
        FuzzTarget.Holds(whole == seal.Bytes, "The pieces are not the whole.");
        return FuzzTarget.Same(bytes, seal.Write(), $"{seal.Pieces.Count}");
    }

    private static string File(byte[] bytes)
    {
        if (Read(bytes) is not var (edition, events, seal, lines)) return FuzzTarget.Refused;
        var read = EditionCheck.Check(
            edition.Group, seal.Name, seal, lines, EngineKinds.Schema, new Credulous(), out var fault);
        var runs = read is null ? 0 : EditionCheck.Runs(read, lines, EngineKinds.Schema).Count();
        var same = Written(edition, events, seal.Signature.ToArray());
        // A seal over other lines is a seal all the same.
        if (!EndsAlike(same, bytes)) return $"{FuzzTarget.Refused} seal";
        return FuzzTarget.Same(bytes, same, $"{edition.Cuts.Count} {events.Count} {runs} {fault}");
    }

    private static bool EndsAlike(byte[] left, byte[] right) =>
        left.AsSpan(left.AsSpan(..^1).LastIndexOf((byte)'\n')).SequenceEqual(
            right.AsSpan(right.AsSpan(..^1).LastIndexOf((byte)'\n')));

    private static (Edition Edition, List<Event> Events, EditionSeal Seal, List<ReadOnlyMemory<byte>> Lines)? Read(
        byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[^1] != (byte)'\n') return null;
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var rest = bytes.AsMemory(); !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            lines.Add(rest[..end]);
            rest = rest[(end + 1)..];
        }

        if (EditionSeal.TryRead(lines[^1].Span) is not { } seal) return null;
        lines.RemoveAt(lines.Count - 1);
        if (lines.Count == 0 || EditionFile.TryRead(lines[0].Span) is not { } edition) return null;
        var events = new List<Event>();
        foreach (var line in lines.Skip(1))
        {
            if (EditionFile.TryReadEvent(line.Span) is not { } e) return null;
            events.Add(e);
        }

        return (edition, events, seal, lines);
    }

    private static string Events(byte[] bytes)
    {
        if (BatchFraming.TryRead(bytes, out _) is not { } batch) return FuzzTarget.Refused;
        var built = Built(batch);
        FuzzTarget.Holds(Read(built) is not null, "An edition is refused as it was written.");
        return File(built);
    }
}
