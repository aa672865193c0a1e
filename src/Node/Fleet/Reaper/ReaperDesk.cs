using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A torrent as its owner is shown it.</summary>
/// <param name="Next">What comes next for it; null where nothing does, or something tried has time to help.</param>
public sealed record TorrentView(KeptTorrent Torrent, TorrentFacts Known, LadderStep Next);

/// <summary>The torrents of this device's client, and what waits for the owner's word.</summary>
public sealed record ReaperView(ReaperLook Look, ReaperPlan Plan, IReadOnlyList<TorrentView> Torrents);

/// <summary>What became of a rung that the owner had taken.</summary>
/// <param name="Outcome">
/// <c>done</c>; <c>gone</c>: the client has no such torrent of ours any more; <c>found</c> with how many sources or
/// candidates; <c>joined</c> with how many sources, to whom the client is joined from then on; <c>asked</c> with how
/// many copies are to come, <c>filled</c> with how many files were laid where the client looks for them; <c>none</c>;
/// or the code of what failed.
/// </param>
public sealed record TakenRung(ReaperProposal Proposal, string Outcome, int Found)
{
    /// <summary>What an indexer knows of the same size or hash, with seeds; the owner adds what is right.</summary>
    public IReadOnlyList<TorznabHit> Hits { get; init; } = [];
}

/// <summary>Shows what the reaper sees and would do, and does what its owner says.</summary>
public sealed class ReaperDesk(Reaper reaper, ReaperBook book, ReaperFacts facts, ReaperActs acts, TimeProvider time)
{
    private Epoch Now => Epoch.Of(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>As it is now; nothing is done.</summary>
    public ReaperView View()
    {
        var epoch = Now;
        var torrents = Torrents(epoch);
        return new ReaperView(reaper.Last, PlanOf(epoch, torrents), torrents);
    }

    /// <summary>Takes every rung of a plan that still holds, and does each under its own checks.</summary>
    /// <returns>
    /// A problem: <c>plan_changed</c> where the plan is over four epochs old, or another by now; <c>reaper_frozen</c>;
    /// <c>no_client</c> where the client was not seen at the last look.
    /// </returns>
    public Task<(IReadOnlyList<TakenRung> Taken, Problem? Problem)> ApplyAsync(
        Hash256 plan, CancellationToken cancellation) =>
        reaper.AloneAsync(async () => await TakeAsync(plan, cancellation), cancellation);

    /// <summary>Lets the DHT be asked for a torrent, or ends it.</summary>
    /// <returns>A problem: <c>bad_infohash</c>, or <c>f2f_only</c> where it is not known to be public.</returns>
    public async Task<Problem?> SetWalkAsync(string infoHash, bool mayWalk, CancellationToken cancellation)
    {
        if (!PeersFor.IsInfoHash(infoHash))
            return new Problem("bad_infohash", 400, "An info hash has 40 or 64 hexadecimal digits in lower case.");
        if (mayWalk && !IsOpen(infoHash))
            return new Problem(
                "f2f_only", 409, "The DHT is asked for torrents alone that are known to be public.");
        await book.SetWalkAsync(infoHash, mayWalk, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        return null;
    }

    private static ReaperPlan PlanOf(Epoch epoch, IEnumerable<TorrentView> torrents) => ReaperPlan.Of(
        epoch,
        torrents.Where(t => t.Next is { Rung: not null, IsLive: false })
            .Select(t => new ReaperProposal(t.Torrent.Sample.InfoHash, t.Next.Rung!.Value)));

    private bool IsOpen(string infoHash)
    {
        var described = book.Torrents.TryGetValue(infoHash, out var kept) ? kept.Sample.Privacy : Privacy.Unknown;
        var asked = new TorrentSample(infoHash, TorrentActivity.Unknown, 0, 0, 0, 0, 0) { Privacy = described };
        return Gates.MayWalk(facts.Of([asked])[infoHash].Scope, optedIn: true);
    }

    /// <summary>Of every torrent that the last look saw, what would come next at the beginning of an epoch.</summary>
    private List<TorrentView> Torrents(Epoch epoch)
    {
        var seen = book.Torrents.Values.Where(t => t.Sample.AtMs == reaper.Last.AtMs).ToArray();
        var known = facts.Of(seen.Select(t => t.Sample));
        return
        [
            .. seen.Select(t => new TorrentView(
                t, known[t.Sample.InfoHash], NextOf(t, known[t.Sample.InfoHash], epoch.StartMs))),
        ];
    }

    private LadderStep NextOf(KeptTorrent torrent, TorrentFacts known, long atMs) =>
        reaper.Last.Tick is { IsFrozen: false }
            ? Ladder.Next(facts.CaseOf(torrent, known), new LadderMemory(torrent.Tried), atMs)
            : new LadderStep(null, false, null, []);

    private async Task<(IReadOnlyList<TakenRung> Taken, Problem? Problem)> TakeAsync(
        Hash256 plan, CancellationToken cancellation)
    {
        if (reaper.Last.Tick is not { } tick)
            return ([], new Problem("no_client", 409, "The torrent client was not seen at the last look."));
        if (tick.IsFrozen)
            return ([], new Problem(
                "reaper_frozen", 409, "So many torrents stalled at once that nothing is done: it is an outage here."));
        var now = Now;
        var current = Enumerable.Range(0, ReaperPlan.EpochsMax + 1).Select(ago => new Epoch(now.Number - ago))
            .Select(epoch => PlanOf(epoch, Torrents(epoch))).FirstOrDefault(p => p.Id == plan);
        if (current is null)
            return ([], new Problem(
                "plan_changed", 409, "This plan holds no more. Look at the one of now, and apply that."));
        var taken = new List<TakenRung>();
        foreach (var proposal in current.Proposals)
        {
            var torrent = book.Torrents[proposal.InfoHash];
            var one = await acts.TakeAsync(proposal, torrent, cancellation);
            taken.Add(one);
            if (one.Outcome is not ("done" or "found" or "joined" or "asked" or "filled" or "none")) continue;
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var memory = new LadderMemory(torrent.Tried).With(proposal.Rung, nowMs);
            await book.SaveAsync([torrent with { Tried = memory.Tried }], long.MinValue, cancellation);
        }

        return (taken, null);
    }
}
