namespace Anarchive.Net;

/// <summary>Whose word an observation is, seen from this node.</summary>
public enum VoterRing
{
    /// <summary>This fleet.</summary>
    Own,

    /// <summary>A friend of the first degree.</summary>
    Friend,
}

/// <summary>One fleet's newest word about one key, type and number: what the merge counts.</summary>
/// <param name="Fleet">Opaque; different for different fleets.</param>
/// <param name="EndMs">Null: the end of the file.</param>
/// <param name="DurationMs">Of the file that it was seen in.</param>
public readonly record struct MarkerVote(
    string Fleet, VoterRing Ring, Method Method, int Conf, long StartMs, long? EndMs, long DurationMs, bool Absent)
{
    /// <summary>Where it ends, in milliseconds from the file's start.</summary>
    public long Stop => EndMs ?? DurationMs;

    /// <summary>An import counts little: nobody of the fleet saw it in a file of theirs.</summary>
    public bool IsImport => Method == Method.Import;

    /// <summary>Per mille: the ring's weight times the method's.</summary>
    public int Weight => (Ring == VoterRing.Own ? 1000 : 700) * Method switch
    {
        Method.Manual => 1000,
        Method.Chapter => 950,
        Method.Chromaprint or Method.Theme => 900,
        Method.Blackframe => 600,
        _ => 400,
    } / 1000;

    public static MarkerVote Of(string fleet, VoterRing ring, MarkerObserved marker) => new(
        fleet, ring, marker.Method, marker.Conf, marker.StartMs, marker.EndMs, marker.DurationMs,
        marker.Absent == true);
}

/// <summary>How far a merged marker may be trusted.</summary>
public enum MergeLevel
{
    /// <summary>Shown to nobody but who asks why.</summary>
    Hidden,

    /// <summary>A button to skip.</summary>
    Button,

    /// <summary>A player may skip by itself.</summary>
    AutoSkip,
}

/// <summary>What a look for a known theme in the local file's sound said.</summary>
/// <param name="StartMs">Where the theme was located.</param>
/// <param name="EndMs">Where it ends there.</param>
/// <param name="Fleets">
/// Whose word the theme is, where it is no more than that; null where this node's own episodes bear it out.
/// </param>
public readonly record struct LocatedTheme(long StartMs, long EndMs, IReadOnlySet<string>? Fleets = null)
{
    private const int FleetsThatContradict = 2;

    /// <summary>Whether it may verify that fleet's marker: nobody verifies their own word.</summary>
    public bool SpeaksFor(string fleet) => Fleets is null || !Fleets.Contains(fleet);

    /// <summary>One fleet's theme must not rule out what others say.</summary>
    public bool MayContradict => Fleets is null || Fleets.Count >= FleetsThatContradict;
}

/// <summary>What the merge is asked.</summary>
/// <param name="DurationMs">Of the local file; null where there is none to compare with.</param>
/// <param name="Theme">A usable theme located in the local file; null where none is known.</param>
/// <param name="SourcesMin">Sources that a button needs: at least 2.</param>
/// <param name="ConfMin">Votes below are dropped.</param>
public sealed record MergeQuestion(
    long? DurationMs = null, LocatedTheme? Theme = null, int SourcesMin = 2, int ConfMin = 50);

/// <summary>Why a vote was not counted.</summary>
public enum SetAside
{
    /// <summary>Its confidence is too low.</summary>
    Unsure,

    /// <summary>It was seen in a file of another length.</summary>
    OtherCut,
}

/// <summary>Votes that agree, best first.</summary>
/// <param name="Score">0 to 1,000.</param>
/// <param name="IsVerified">A theme was located where it says.</param>
/// <param name="IsContradicted">A theme was located elsewhere: it counts for nothing.</param>
public sealed record MarkerCluster(
    IReadOnlyList<MarkerVote> Votes, bool Absent, int Score, bool IsVerified, bool IsContradicted)
{
    /// <summary>Fleets, and the local file's sound where it agrees.</summary>
    public int Sources => Votes.Count + (IsVerified ? 1 : 0);
}

/// <summary>The merged marker and everything that led to it.</summary>
/// <param name="StartMs">Null where there is none, or votes say that the file has none.</param>
/// <param name="Clusters">Best first; the first one decides.</param>
/// <param name="Left">Votes that were not counted.</param>
public sealed record MergedMarker(
    MergeLevel Level, long? StartMs, long? EndMs, IReadOnlyList<MarkerCluster> Clusters,
    IReadOnlyList<(MarkerVote Vote, SetAside Why)> Left)
{
    public int Score => Clusters.Count > 0 ? Clusters[0].Score : 0;
}
