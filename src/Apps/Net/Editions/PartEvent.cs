using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>One event of a part's group, as far as an edition is made of it.</summary>
/// <param name="Payload">The exact bytes. An edition's row begins with them.</param>
/// <param name="Target">What a retraction takes back: the event's first ref; null for an observation.</param>
public sealed record PartEvent(
    Kind Kind, ReadOnlyMemory<byte> Payload, ChainId Chain, long Seq, EventId Id, Hlc Hlc, EventRef? Target)
{
    public Position Position => new(Chain, Seq);

    /// <summary>From an event of the log; null where it holds nothing that an edition could.</summary>
    public static PartEvent? Of(VerifiedEvent e) =>
        e is { Content: IObservation or ObservationRetracted, Payload: { } payload }
            ? new PartEvent(
                e.Header.Kind, payload.Bytes, e.Header.Chain, e.Header.Seq, e.Header.Id, e.Header.Hlc,
                e.Content is ObservationRetracted && e.Header.Refs is [var first, ..] ? first : null)
            : null;
}
