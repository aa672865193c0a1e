using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Reads a followed hive up to what its server holds; every event is judged as a peer's is.</summary>
/// <remarks>What came so far is durable, so a look that broke off goes on where it ended.</remarks>
internal sealed class MirrorReader(
    PeerDoors doors, LogWriter writer, EditionFetch editions, OwedPayloads owed, SyncMeters meters,
    ILogger<MirrorReader> log)
{
    /// <summary>Forks are rare; more of them are noise, or an attack on whoever fetches their proofs.</summary>
    public const int ForksMax = 64;

    /// <exception cref="PeerException">
    /// The server failed; <c>refused_events</c>: what it serves does not hold; <c>refused_edition</c>; <c>withheld</c>:
    /// it serves less than it says it holds.
    /// </exception>
    public async Task CatchUpAsync(Mirror mirror, CancellationToken cancellation)
    {
        using var door = doors.Unnamed(mirror.Link.Endpoint, KnownPeer.ScopeOfTyped(mirror.Link.Endpoint));
        var client = new GroupClient(door.Http, mirror.Link.ToString(), mirror.Group, null);
        var status = await client.PublicAsync(cancellation);
        if (Wire.TryReadHeads(status.Vector) is not { } heads) throw PeerException.Malformed();
        var theirs = VersionVector.From(heads.Where(h => h.Value.Seq > 0));
        await TakeForksAsync(client, status.Forks, cancellation);
        await PullAsync(mirror, client, theirs, cancellation);
        // Those of chains that were not here before.
        await TakeForksAsync(client, status.Forks, cancellation);
        await owed.FetchAsync(mirror.From, client, cancellation);
    }

    /// <summary>Proofs first: what follows a fork is refused and not kept waiting.</summary>
    private async Task TakeForksAsync(
        GroupClient client, IReadOnlyList<string> forks, CancellationToken cancellation)
    {
        foreach (var text in forks.Take(ForksMax))
        {
            if (Wire.TryReadPlace(text) is not var (chain, seq)) throw PeerException.Malformed();
            if (writer.Forks(client.Group).Any(f => f.Chain == chain && f.Seq <= seq)) continue;
            try
            {
                if (await client.ProofAsync(chain, seq, cancellation) is { } proof)
                    await writer.ReceiveForkAsync(client.Group, proof, cancellation);
            }
            catch (PeerException gone) when (gone.Failure == Failure.NotFound)
            {
                // It forgot: the fork, or the whole hive, as the pull will tell.
            }
        }
    }

    /// <summary>Round by round, until nothing is missing or a round brings nothing.</summary>
    private async Task PullAsync(
        Mirror mirror, GroupClient client, VersionVector theirs, CancellationToken cancellation)
    {
        while (Missing(client.Group, theirs) is { Count: > 0 } missing)
        {
            var before = writer.Durable(client.Group).Digest();
            var refused = 0;
            foreach (var wants in missing.Chunk(Limits.WantsMax))
                refused += await PullAsync(mirror, client, wants, cancellation);
            if (writer.Durable(client.Group).Digest() != before) continue;
            // Chains that ended here by a proof stay behind for ever; that is no failure.
            if (missing.All(w => writer.Forks(client.Group).Any(f => f.Chain == w.Chain))) return;
            throw new PeerException(Failure.Unreachable, refused > 0 ? "refused_events" : "withheld");
        }
    }

    private List<Want> Missing(GroupId group, VersionVector theirs)
    {
        var ours = writer.Durable(group);
        return
        [
            .. theirs.Heads.Where(h => h.Value.Seq > ours.SeqOf(h.Key))
                .Select(h => new Want(h.Key, ours.SeqOf(h.Key))),
        ];
    }

    private async Task<int> PullAsync(
        Mirror mirror, GroupClient client, Want[] wants, CancellationToken cancellation)
    {
        try
        {
            var batches = await client.PullAsync(
                wants, Limits.CreditEvents, Limits.CreditBytes, cancellation);
            if (batches.Count == 0) return 0;
            var report = await writer.ReceiveAsync(client.Group, mirror.From, batches, cancellation);
            meters.Received(report.Appended);
            meters.Refused(report.Refused);
            return report.Refused.Count;
        }
        catch (PeerException behind) when (behind.Edition is { } edition)
        {
            await TakeOverAsync(mirror, client, edition.File, cancellation);
            return 0;
        }
    }

    private async Task TakeOverAsync(
        Mirror mirror, GroupClient client, Hash256 edition, CancellationToken cancellation)
    {
        await editions.FetchAsync(
            client.Group, edition, [new EditionSource(mirror.From, () => client)], cancellation);
        var fault = await writer.ImportAsync(client.Group, edition, cancellation);
        if (fault == EditionFault.None) return;
        NodeLog.MirrorEditionRefused(log, client.Group, fault);
        editions.Forget(client.Group, edition);
        throw new PeerException(Failure.Unreachable, "refused_edition");
    }
}
