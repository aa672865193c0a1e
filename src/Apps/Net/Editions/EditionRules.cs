using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>What a manifest must say beyond its form. Equal on every node.</summary>
/// <remarks>Sizes have a gate of their own: what one node holds too large is still a manifest.</remarks>
public static class EditionRules
{
    private const int LicenceCharsMax = 32;

    /// <summary>The parts that have editions in a ring. Hints among friends last hours and stay events.</summary>
    public static IReadOnlyList<string> PartsOf(EditionRing ring) => ring == EditionRing.Friends
        ? [MarkerObserved.PartName, GroupingObserved.PartName, QualityObserved.PartName]
        : [SignalRow.PartName, HintObserved.PartName];

    /// <summary>Null where all holds; otherwise the member that breaks its rule, as JSON spells it.</summary>
    public static string? FaultOf(PartEdition edition) => Scope(edition) ?? Place(edition) ?? Content(edition);

    private static string? Scope(PartEdition edition)
    {
        if (edition.V != NetRules.Version) return "v";
        if (!PartsOf(edition.Ring).Contains(edition.Part)) return "part";
        if (!GroupId.TryParse(edition.Group, out _)) return "group";
        var friends = edition.Ring == EditionRing.Friends;
        if (friends && edition.SwarmIsolation != SwarmIsolation.F2fOnly) return "swarm_isolation";
        if (friends ? edition.K != 1 : edition.K is < EditionLimits.KMin or > EditionLimits.KMax) return "k";
        if (friends ? edition.Sources != 1 : edition.Sources < edition.K) return "sources";
        if (edition.Sources > EditionLimits.SourcesMax) return "sources";
        return edition.MergePolicy == PartEdition.PolicyOf(edition.Ring) ? null : "merge_policy";
    }

    private static string? Place(PartEdition edition)
    {
        if (edition.Seq is < 1 or > Limits.SeqMax) return "seq";
        if (!NetRules.IsWeek(edition.Week)) return "week";
        if (edition.Seq == 1 ? edition.Prev is not null : !IsHex(edition.Prev ?? "", 64)) return "prev";
        if (!NodeId.TryParse(edition.Publisher, out _)) return "publisher";
        if (edition.Created is < 0 or > NetRules.HoursMax) return "created";
        var life = edition.ExpiresAt - edition.Created;
        if (life is < 1 or > EditionLimits.LifeHoursMax) return "expires_at";
        return IsCut(edition.Cut) ? null : "cut";
    }

    private static string? Content(PartEdition edition)
    {
        // Rows of friends name chains of the cut.
        if (edition.Ring == EditionRing.Friends && edition.Cut.Count == 0) return "cut";
        if (!IsHex(edition.StateRoot, 64)) return "state_root";
        if (!IsHex(edition.SchemaSha256, 64)) return "schema_sha256";
        if (edition.Kind == EditionKind.Full ? edition.From is not null : edition.From is not >= 1) return "from";
        if (edition.From >= edition.Seq) return "from";
        if (!IsFile(edition.File)) return "file";
        if (edition.File.Name != EditionName.Of(edition.Part, edition.Seq, edition.File.Sha256)) return "file";
        return IsLicence(edition.DataLicence) ? null : "data_licence";
    }

    private static bool IsCut(IReadOnlyList<PartCut> cut)
    {
        if (cut.Count > EditionLimits.CutsMax) return false;
        ChainId? last = null;
        foreach (var end in cut)
        {
            if (ChainOf(end) is not { } chain || end.Seq is < 1 or > Limits.SeqMax || !IsHex(end.Id, 64)) return false;
            if (last is { } before && before.CompareTo(chain) >= 0) return false;
            last = chain;
        }

        return true;
    }

    /// <summary>Null where its texts name no chain.</summary>
    public static ChainId? ChainOf(PartCut cut) =>
        NodeId.TryParse(cut.Origin, out var origin) && Incarnation.TryParse(cut.Incarnation, out var incarnation)
            ? new ChainId(origin, incarnation)
            : null;

    /// <summary>True where an edition says what its group said up to that event.</summary>
    public static bool Covers(PartEdition edition, Position at) =>
        edition.Cut.Any(c => c.Seq >= at.Seq && ChainOf(c) == at.Chain);

    private static bool IsFile(EditionBlob file) =>
        file is { Bytes: >= 1, RawBytes: >= 0, Rows: >= 0, Encoding: EditionBlob.Brotli }
        // The shortest row has more than two bytes, and none stands for nothing.
        && file.Rows <= file.RawBytes / 2 && file.Rows == 0 == (file.RawBytes == 0)
        && IsHex(file.Sha256, 64) && IsHex(file.Ih1, 40) && IsHex(file.PiecesRoot, 64)
        && file.PieceLength is 256 * 1024 or 1024 * 1024 or 4 * 1024 * 1024;

    private static bool IsLicence(string text) =>
        text.Length is > 0 and <= LicenceCharsMax
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+');

    private static bool IsHex(string text, int length) =>
        text.Length == length && text.All(char.IsAsciiHexDigitLower);
}
