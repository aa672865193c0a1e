namespace Anarchive.Log;

/// <summary>A payload and the salt that keeps its hash from being guessed; both are erased together.</summary>
public readonly record struct Payload(ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>SHA-256(salt ‖ payload).</summary>
    public Hash256 Hash() => Hash256.Sha256(Salt.Span, Bytes.Span);
}

/// <summary>A header and, unless the event is hollow, its payload. Nothing is verified yet.</summary>
/// <remarks>Hollow: the header verifies, and the payload is owed until a valid tombstone appears.</remarks>
public sealed class Event(EventHeader header, Payload? payload)
{
    public EventHeader Header { get; } = header;

    public Payload? Payload { get; } = payload;

    public bool IsHollow => Payload is null;

    /// <summary>Bytes of this event's record in the binary framing.</summary>
    public int FramedBytes =>
        3 + Header.Bytes.Length + (Payload is { } p ? Limits.SaltBytes + p.Bytes.Length : 0);
}

/// <summary>A run of events of one chain, contiguous, ending on a signed event. Nothing is verified yet.</summary>
public sealed class Batch(IReadOnlyList<Event> events, ReadOnlyMemory<byte> signature)
{
    /// <summary>At least one.</summary>
    public IReadOnlyList<Event> Events { get; } = events;

    /// <summary>Ed25519 (RFC 8032) over the last event; covers the whole chain up to it.</summary>
    public ReadOnlyMemory<byte> Signature { get; } = signature;

    public ChainId Chain => Events[0].Header.Chain;

    public long FirstSeq => Events[0].Header.Seq;

    public long LastSeq => Events[^1].Header.Seq;

    /// <summary>What the signature covers: domain ‖ group ‖ origin ‖ incarnation ‖ seq ‖ id.</summary>
    public static byte[] SignedBytes(EventHeader last)
    {
        var bytes = new byte[Domains.Event.Length + 32 + 32 + 8 + 8 + 32];
        Domains.Event.CopyTo(bytes);
        var at = bytes.AsSpan(Domains.Event.Length);
        last.EffectiveGroup.Value.CopyTo(at);
        // Origin, incarnation and seq stand together in the header.
        last.Bytes.Span[40..88].CopyTo(at[32..]);
        last.Id.Value.CopyTo(at[80..]);
        return bytes;
    }
}
