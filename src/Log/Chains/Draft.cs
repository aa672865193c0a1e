namespace Anarchive.Log;

/// <summary>
/// An event to write on this node's own chain; the composer adds seq, links, clock, salt and signature.
/// </summary>
public sealed record Draft(Kind Kind, ReadOnlyMemory<byte> Payload, IReadOnlyList<EventRef> Refs);
