using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>Batches that a peer sent and that wait here.</summary>
/// <param name="WaitsFor"><c>event</c>: for one that is not here yet; <c>clock</c>: for the time they carry.</param>
public sealed record ParkedNote(GroupId Group, string WaitsFor, long Batches);

/// <summary>What is known of a peer besides its state.</summary>
/// <param name="Paired">As a friend or device; null where it never was.</param>
/// <param name="SharesGroup">There is a group to exchange with it, whether or not it is paused.</param>
/// <param name="Identity">By what it is known where it answers; null before a handshake.</param>
/// <param name="Session">Null where it has to shake hands anew.</param>
public sealed record PeerFacts(
    Paired? Paired, bool SharesGroup, PeerIdentity? Identity, PeerSession? Session,
    IReadOnlyList<ParkedNote> Parked, IReadOnlyList<RefusedNote> Refused);

/// <summary>Gathers that for the page of one peer. Any thread.</summary>
public sealed class PeerLook(
    Database database, PeerBook peers, RingBook rings, Sharing sharing, RefusalBook refusals,
    TokenBook tokens)
{
    /// <summary>Null where no such peer is known.</summary>
    public PeerFacts? Of(NodeId peer)
    {
        if (peers.Find(peer) is not { } known) return null;
        using var db = database.OpenReader();
        var parked = db.Query<(byte[] Group, bool IsClock, long Batches)>(
            """
            SELECT g.id, p.waits_for LIKE 'clock %', count(*) FROM parked p JOIN groups g ON g.no = p.group_no
            WHERE p.peer = @peer GROUP BY 1, 2 ORDER BY 1, 2
            """,
            new { peer = peer.Value.ToArray() });
        return new PeerFacts(
            rings.Find(peer), sharing.WouldShareWith(peer), known.Identity,
            tokens.SessionOf(peer, known.Identity),
            [
                .. parked.Select(p => new ParkedNote(
                    new GroupId(new Hash256(p.Group)), p.IsClock ? "clock" : "event", p.Batches)),
            ],
            refusals.Of(peer));
    }
}
