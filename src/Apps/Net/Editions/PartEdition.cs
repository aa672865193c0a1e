using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>For whom an edition is made.</summary>
[JsonConverter(typeof(EnumNames<EditionRing>))]
public enum EditionRing
{
    /// <summary>One fleet's observations, for its friends of the first degree.</summary>
    Friends,

    /// <summary>Totals over many fleets, for everybody.</summary>
    Network,
}

/// <summary>Where an edition's file may be passed on.</summary>
[JsonConverter(typeof(EnumNames<SwarmIsolation>))]
public enum SwarmIsolation
{
    /// <summary>Between the publisher's devices and one friend at a time; always so for friends.</summary>
    [JsonStringEnumMemberName("f2f_only")]
    F2fOnly,

    Open,
}

[JsonConverter(typeof(EnumNames<EditionKind>))]
public enum EditionKind
{
    /// <summary>All rows.</summary>
    Full,

    /// <summary>Rows to add to an earlier edition, and to take from it.</summary>
    Delta,
}

/// <summary>Where an edition ends one chain of its group.</summary>
/// <param name="Origin">A NodeId's text.</param>
/// <param name="Incarnation">16 hexadecimal digits.</param>
/// <param name="Id">Of the event at that seq, 64 hexadecimal digits.</param>
public sealed record PartCut(string Origin, string Incarnation, long Seq, string Id);

/// <summary>An edition's one file.</summary>
/// <param name="Name"><c>part-seq-16hex.jsonl.br</c>, see <see cref="EditionName"/>.</param>
/// <param name="RawBytes">Of what it expands to.</param>
/// <param name="Rows">Lines in it; of a delta, rows added and taken away.</param>
/// <param name="Encoding"><c>br</c>: Brotli (RFC 7932).</param>
/// <param name="Ih1">Info hash of its torrent (BEP 3).</param>
/// <param name="PiecesRoot">Root of its SHA-256 tree (BEP 52).</param>
public sealed record EditionBlob(
    string Name, long Bytes, long RawBytes, long Rows, string Encoding, string Sha256, string Ih1, int PieceLength,
    string PiecesRoot)
{
    public const string Brotli = "br";
}

/// <summary>A snapshot of a part's group, by its publisher. Payload of <c>part_edition_published</c>.</summary>
/// <remarks>
/// Its members stand for themselves in docs/events.md. Hours since 1970; hashes in lower-case hexadecimal digits.
/// </remarks>
/// <param name="K">Fleets that a row stands for at least: 1 for friends.</param>
/// <param name="Sources">Fleets that contributed: 1 for friends.</param>
/// <param name="Week">ISO 8601, <c>2026-W07</c>.</param>
/// <param name="Prev">Event id of the edition before; null in the first.</param>
/// <param name="Cut">In chain order. A row's order names chains by their place here.</param>
/// <param name="SchemaSha256">Of the rules for rows, see <see cref="EditionSchema"/>.</param>
/// <param name="From">The edition that a delta changes; null in a full one.</param>
/// <param name="DataLicence">An SPDX identifier.</param>
public sealed record PartEdition(
    int V, string Part, string Group, EditionRing Ring, SwarmIsolation SwarmIsolation, int K, int Sources,
    string MergePolicy, long Seq, string Week,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Prev,
    string Publisher, long Created, long ExpiresAt, IReadOnlyList<PartCut> Cut, string StateRoot, string SchemaSha256,
    EditionKind Kind, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? From,
    EditionBlob File, string DataLicence)
{
    /// <summary>A fleet's own words, never a merged view: that would relay what its friends said.</summary>
    public const string OwnFleet = "own-fleet/1";

    public const string KAnonymous = "k-anon/1";

    public const string DefaultLicence = "CC0-1.0";

    public static string PolicyOf(EditionRing ring) => ring == EditionRing.Friends ? OwnFleet : KAnonymous;
}
