namespace Anarchive.Log;

/// <summary>One chain as a replica knows it. Mutable; owned by its replica and its thread.</summary>
/// <remarks>
/// <see cref="Stored"/> is what the store holds. <see cref="Visible"/> stops before a fork and at a revocation: that is
/// what the node advertises and folds; what lies past it is kept in quarantine as evidence.
/// </remarks>
public sealed class Chain(ChainId id)
{
    public ChainId Id { get; } = id;

    public Head Stored { get; private set; }

    public Head Visible { get; private set; }

    public Hlc Hlc { get; private set; }

    /// <summary>Keys in force after the last stored event; null before the first.</summary>
    public KeyChain? Keys { get; internal set; }

    /// <summary>Two signed histories differ from this seq on; null for an honest chain.</summary>
    public long? ForkedAt { get; internal set; }

    /// <summary>The last seq that a removal or newer keys leave standing; null where nothing was revoked.</summary>
    public long? RevokedAfter { get; internal set; }

    /// <summary>
    /// Another chain of its node had forked when this one was opened, and nobody entitled has said that it may go on
    /// past this seq; null where none had.
    /// </summary>
    public long? GatedAfter { get; internal set; }

    /// <summary>Why nothing may follow what is seen; none where something may.</summary>
    public Refusal WhyEnded =>
        ForkedAt is not null || GatedAfter is not null ? Refusal.ChainFrozen
        : RevokedAfter is not null ? Refusal.ChainRevoked
        : Refusal.None;

    /// <summary>Events up to this seq are here only where the state still needs them; 0 where all are.</summary>
    public long Cut { get; internal set; }

    /// <summary>An edition covers the chain up to this seq: neither a fork nor a removal reaches below.</summary>
    public long Floor { get; internal set; }

    /// <summary>The last seq that may be seen, or <see cref="Limits.SeqMax"/>.</summary>
    public long LastSeqAllowed => Math.Max(
        Floor,
        Math.Min(
            ForkedAt is { } fork ? fork - 1 : Limits.SeqMax,
            Math.Min(RevokedAfter ?? Limits.SeqMax, GatedAfter ?? Limits.SeqMax)));

    internal void Advance(Head stored, Hlc hlc)
    {
        (Stored, Hlc) = (stored, hlc);
        if (stored.Seq <= LastSeqAllowed) Visible = stored;
    }

    /// <summary>Cuts what may be seen back to an event below the allowed seq.</summary>
    internal void CutVisible(Head visible) => Visible = visible;
}
