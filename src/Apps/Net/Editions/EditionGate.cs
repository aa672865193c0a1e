using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>The gates on an edition's way in, in their order. The first one that does not open is told.</summary>
public enum EditionGate
{
    /// <summary>All opened.</summary>
    None,

    /// <summary>Before the others: what was given is no manifest in its one spelling.</summary>
    Manifest,

    /// <summary>1: its publisher may write this part, in this group and ring.</summary>
    Publisher,

    /// <summary>2: it is signed, by whom it says.</summary>
    Signature,

    /// <summary>3: it follows what is here, through manifests that are all here, and is of our time.</summary>
    Sequence,

    /// <summary>4: it is no larger than the ring allows.</summary>
    Size,

    /// <summary>5: its torrent is a bare one of one file, and describes this file.</summary>
    Torrent,

    /// <summary>6: the torrent has the info hash that the manifest states.</summary>
    InfoHash,

    /// <summary>7: every piece has its SHA-1.</summary>
    Piece,

    /// <summary>8: the file has its SHA-256, and its tree of them. Until here nothing is trusted.</summary>
    Digest,

    /// <summary>9: it expands to exactly as many bytes as stated; expansion stops there.</summary>
    Expansion,

    /// <summary>10: every row holds to the schema, K and the order of rows.</summary>
    Rows,

    /// <summary>11: the rows together have the stated root.</summary>
    StateRoot,

    /// <summary>12: the rows were taken over in one transaction.</summary>
    Transaction,
}

/// <summary>What becomes of an edition.</summary>
public abstract record EditionVerdict
{
    private EditionVerdict()
    {
    }

    /// <summary>All gates so far opened.</summary>
    public sealed record Pass : EditionVerdict
    {
        public static Pass Instance { get; } = new();
    }

    /// <summary>It is here already, and nothing changes.</summary>
    public sealed record Held : EditionVerdict
    {
        public static Held Instance { get; } = new();
    }

    /// <summary>A manifest between it and what is here is missing: fetch it and ask again.</summary>
    public sealed record NeedsManifest(EventId Manifest) : EditionVerdict;

    /// <summary>It changes an edition that is not here: take that one over first, or a full one.</summary>
    public sealed record NeedsEdition(long Seq) : EditionVerdict;

    /// <summary>A gate did not open; nothing changes.</summary>
    /// <param name="Fault">Which member, piece or line, for this node's owner only.</param>
    public sealed record Refuse(EditionGate Gate, string Fault) : EditionVerdict
    {
        public string Code => CodeOf(Gate);
    }

    /// <summary>Its publisher contradicts itself or goes back: kept apart, and told to this node's owner.</summary>
    public sealed record Quarantine(EditionSuspicion Why) : EditionVerdict
    {
        public string Code => Why switch
        {
            EditionSuspicion.Downgrade => "net_edition_downgrade",
            _ => "net_edition_equivocation",
        };
    }

    /// <summary>What peers and programs are told; these never change.</summary>
    public static string CodeOf(EditionGate gate) => gate switch
    {
        EditionGate.Manifest => "net_edition_manifest",
        EditionGate.Publisher => "net_edition_publisher",
        EditionGate.Signature => "net_edition_signature",
        EditionGate.Sequence => "net_edition_seq",
        EditionGate.Size => "net_edition_size",
        EditionGate.Torrent => "net_edition_torrent",
        EditionGate.InfoHash => "net_edition_infohash",
        EditionGate.Piece => "net_edition_piece",
        EditionGate.Digest => "net_edition_sha256",
        EditionGate.Expansion => "net_edition_expansion",
        EditionGate.Rows => "net_edition_rows",
        EditionGate.StateRoot => "net_edition_state",
        EditionGate.Transaction => "net_edition_transaction",
        _ => "",
    };
}

/// <summary>Why a publisher is no longer believed without a person's word.</summary>
public enum EditionSuspicion
{
    /// <summary>An edition below the one that is here, and none that it followed.</summary>
    Downgrade,

    /// <summary>Two editions of one number, or a history without the edition that is here.</summary>
    Equivocation,
}
