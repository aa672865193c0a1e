namespace Anarchive.Log;

/// <summary>An event whose bytes, links, signature and standing have been checked. Only intake makes one.</summary>
public sealed class VerifiedEvent
{
    internal VerifiedEvent(GroupId group, Event source, object? content)
    {
        Group = group;
        Header = source.Header;
        Payload = source.Payload;
        Content = content;
    }

    public GroupId Group { get; }

    public EventHeader Header { get; }

    /// <summary>Null when the event is hollow.</summary>
    public Payload? Payload { get; }

    /// <summary>
    /// The payload as its kind's schema reads it. Null when the kind is unknown, the payload breaks the schema
    /// (the event is inert) or the event is hollow.
    /// </summary>
    public object? Content { get; }

    public EventRef Ref => Header.Ref;

    public bool IsHollow => Payload is null;
}

/// <summary>A verified run of one chain, ending on the event that <see cref="Signature"/> signs.</summary>
public sealed class VerifiedBatch
{
    internal VerifiedBatch(GroupId group, IReadOnlyList<VerifiedEvent> events, ReadOnlyMemory<byte> signature)
    {
        Group = group;
        Events = events;
        Signature = signature;
    }

    public GroupId Group { get; }

    /// <summary>At least one, contiguous.</summary>
    public IReadOnlyList<VerifiedEvent> Events { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    public ChainId Chain => Events[0].Header.Chain;

    public long FirstSeq => Events[0].Header.Seq;

    public Head Head => new(Events[^1].Header.Seq, Events[^1].Header.Id);

    public Hlc LastHlc => Events[^1].Header.Hlc;

    /// <summary>The same run without what follows <paramref name="seq"/>; itself when nothing does.</summary>
    public VerifiedBatch Through(long seq) =>
        Head.Seq <= seq ? this : new VerifiedBatch(Group, [.. Events.Where(e => e.Header.Seq <= seq)], Signature);
}

/// <summary>
/// Reads payloads of the kinds it knows, strictly: unknown, missing, null and duplicate members fail.
/// </summary>
public interface IPayloadSchema
{
    /// <summary>The content, or null for an unknown kind or a payload that breaks its schema.</summary>
    object? Read(Kind kind, ReadOnlySpan<byte> payload);

    /// <summary>True for a known kind that is never hollow: only erasable text may come without its payload.</summary>
    bool RequiresPayload(Kind kind);
}
