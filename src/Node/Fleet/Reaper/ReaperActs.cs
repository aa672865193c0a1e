using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Does what a rung says, for torrents that bear our label at the client now.</summary>
public sealed class ReaperActs(
    TorrentHost host, TorrentJoins joins, TorrentFill fill, TorznabClient indexer, ILogger<ReaperActs> log)
{
    /// <summary>Never throws for what the client refuses: the outcome says it.</summary>
    internal async Task<TakenRung> TakeAsync(
        ReaperProposal proposal, KeptTorrent torrent, CancellationToken cancellation)
    {
        try
        {
            return proposal.Rung switch
            {
                Rung.Reannounce or Rung.Verify or Rung.Park or Rung.ProposePurge =>
                    await AtClientAsync(proposal, torrent, cancellation),
                Rung.Research => await ResearchAsync(proposal, torrent, cancellation),
                Rung.CopyFromFleet or Rung.CopyFromSeedbox => await CopyAsync(proposal, cancellation),
                _ => await JoinAsync(proposal, cancellation),
            };
        }
        catch (CarrierException failed)
        {
            NodeLog.ClientFailed(log, failed.Code);
            return new TakenRung(proposal, failed.Code, 0);
        }
    }

    private async Task<TakenRung> AtClientAsync(
        ReaperProposal proposal, KeptTorrent torrent, CancellationToken cancellation)
    {
        if (host.Client is not { } client || client is not IWatchedClient watched)
            return new TakenRung(proposal, "no_client", 0);
        if (proposal.Rung >= Rung.Park && MayBePrivate(torrent)) return new TakenRung(proposal, "private", 0);
        var ih = new Hash160(Convert.FromHexString(proposal.InfoHash));
        var isDone = await (proposal.Rung switch
        {
            Rung.Reannounce => watched.ReannounceAsync(ih, cancellation),
            Rung.Verify => watched.VerifyAsync(ih, cancellation),
            Rung.Park => watched.StopAsync(ih, cancellation),
            _ => client.RemoveAsync(ih, cancellation),
        });
        return new TakenRung(proposal, isDone ? "done" : "gone", 0);
    }

    /// <summary>Asked again where something is done: the ladder has asked it of the fleet, too.</summary>
    private static bool MayBePrivate(KeptTorrent torrent) => !Gates.MayRemove(torrent.Sample.Privacy);

    private async Task<TakenRung> ResearchAsync(
        ReaperProposal proposal, KeptTorrent torrent, CancellationToken cancellation)
    {
        if (MayBePrivate(torrent)) return new TakenRung(proposal, "private", 0);
        if (host.Client is not IWatchedClient watched) return new TakenRung(proposal, "no_client", 0);
        var ih = new Hash160(Convert.FromHexString(proposal.InfoHash));
        if (await watched.NameAsync(ih, cancellation) is not { } name) return new TakenRung(proposal, "gone", 0);
        var hits = (await indexer.SearchAsync(name, cancellation)).Where(h => h.Seeders > 0
            && (h.InfoHash == proposal.InfoHash || h.SizeBytes == torrent.Sample.SizeBytes)).ToList();
        return new TakenRung(proposal, hits.Count > 0 ? "found" : "none", hits.Count) { Hits = hits };
    }

    /// <summary>Lays what is here, and asks for the rest; once that came, looks of the reaper lay it.</summary>
    private async Task<TakenRung> CopyAsync(ReaperProposal proposal, CancellationToken cancellation)
    {
        var done = await fill.BeginAsync(
            proposal.InfoHash, seedbox: proposal.Rung == Rung.CopyFromSeedbox, cancellation);
        return new TakenRung(proposal, done.Code, done.Count);
    }

    /// <summary>Joins the client to who could give it; what is not known to be public is only named.</summary>
    private async Task<TakenRung> JoinAsync(ReaperProposal proposal, CancellationToken cancellation)
    {
        var found = await joins.BeginAsync(proposal.InfoHash, proposal.Rung, cancellation);
        return new TakenRung(proposal, found.IsJoined ? "joined" : found.Count > 0 ? "found" : "none", found.Count);
    }
}
