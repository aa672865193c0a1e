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
        FuzzTarget.Of("edition-events", Examples.Batches.Select(Examples.Frame), ["ANE1", "\u0001"], Events),
    ];

    private static byte[] Built(Batch run)
    {
        var last = run.Events[^1].Header;
        var cut = new EditionCut(run.Chain, new Head(last.Seq, last.Id), last.Hlc);
        var edition = new Edition(last.EffectiveGroup, [cut], Hash256.Sha256([1]), run.Events);
        return EditionFile.Seal(EditionFile.Write(edition), new byte[64]);
    }

    private static string File(byte[] bytes)
    {
        if (EditionFile.TryRead(bytes) is not var (edition, file, signature)) return FuzzTarget.Refused;
        _ = EditionCheck.Check(
            edition.Group, file, bytes, EngineKinds.Schema, new Credulous(), (_, _) => edition.StateRoot,
            out var fault);
        var same = EditionFile.Seal(EditionFile.Write(edition), signature);
        return FuzzTarget.Same(bytes, same, $"{edition.Cuts.Count} {edition.Events.Count} {fault}");
    }

    private static string Events(byte[] bytes)
    {
        if (BatchFraming.TryRead(bytes, out _) is not { } batch) return FuzzTarget.Refused;
        var built = Built(batch);
        FuzzTarget.Holds(EditionFile.TryRead(built) is not null, "An edition is refused as it was written.");
        return File(built);
    }
}
