using System.Runtime.CompilerServices;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Performs what sessions ask for; each exchange comes back as the inputs that name it.</summary>
internal sealed class PeerExchange(
    PeerClient client, PeerBook peers, Sharing sharing, PeerGossip gossip, ForkGossip forks, IEventReader reader,
    EditionFetch editions, LogWriter writer, OwnHeads own, ForkSearch search, OwedPayloads owed, Quotas quotas,
    SyncMeters meters, RefusalBook refusals, NodeClock clock, ILogger<PeerExchange> log)
{
    private const int BatchesAtOnce = 8;

    public IAsyncEnumerable<Func<Moment, Input>> PerformAsync(
        PeerLink link, Effect effect, CancellationToken cancellation) => effect switch
        {
            Effect.Greet => GreetAsync(link, cancellation),
            Effect.Beat beat => BeatAsync(link, beat, cancellation),
            Effect.FetchStatus status => StatusAsync(link, status, cancellation),
            Effect.Pull pull => PullAsync(link, pull, cancellation),
            Effect.Push push => PushAsync(link, push, cancellation),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The vectors of a welcome; malformed ones are passed over.</summary>
    public static IReadOnlyList<KeyValuePair<GroupId, VersionVector>> Vectors(WelcomeMessage welcome)
    {
        var vectors = new Dictionary<GroupId, VersionVector>();
        foreach (var group in welcome.Groups)
            if (GroupId.TryParse(group.Id, out var id) && Wire.TryReadHeads(group.Vector) is { } heads)
                vectors[id] = VersionVector.From(heads.Where(h => h.Value.Seq > 0));
        return [.. vectors];
    }

    private async IAsyncEnumerable<Func<Moment, Input>> GreetAsync(
        PeerLink link, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var welcome = await DiallingAsync(
            link.Peer, () => GreetAsync(link.Peer, cancellation), isGreeting: true, cancellation);
        var vectors = Vectors(welcome);
        yield return at => new Input.Greeted(at, vectors);
    }

    /// <summary>Tells the book what became of an address, which decides which one is dialled next.</summary>
    private async Task<T> DiallingAsync<T>(
        NodeId peer, Func<Task<T>> contact, bool isGreeting, CancellationToken cancellation)
    {
        var at = peers.Find(peer)?.Endpoint;
        try
        {
            var answer = await contact();
            if (at is not null) await peers.TriedAsync(peer, at, null, cancellation);
            return answer;
        }
        // Whoever answers a greeting with 404 may be another node; a heartbeat's token may have lapsed.
        catch (PeerException failed) when (
            at is not null && (failed.Failure == Failure.Unreachable
                || (isGreeting && failed.Failure == Failure.NotFound)))
        {
            await peers.TriedAsync(peer, at, failed.Code, cancellation);
            throw;
        }
    }

    private async Task<WelcomeMessage> GreetAsync(NodeId peer, CancellationToken cancellation)
    {
        if (peers.Find(peer) is not { Endpoint: { } endpoint } known)
            throw new PeerException(Failure.Unreachable, "no_address");
        var shared = sharing.With(peer);
        try
        {
            return await client.GreetAsync(endpoint, known.Scope, peer, shared, null, cancellation);
        }
        catch (PeerException refused) when (refused.Code == Refusal.NotAMember.Code())
        {
            foreach (var group in shared) sharing.Note(group, peer, saysRemoved: true);
            throw;
        }
    }

    /// <summary>A peer that passes over a group may have heard that this node was removed from it.</summary>
    private async Task AskStandingAsync(
        NodeId peer, IEnumerable<GroupId> told, HashSet<GroupId> answered, CancellationToken cancellation)
    {
        foreach (var group in told)
        {
            var isRemoved = false;
            try
            {
                if (!answered.Contains(group) && sharing.Expects(group, peer))
                    await client.Of(peer, group).StatusAsync(cancellation);
            }
            catch (PeerException refused) when (refused.Failure == Failure.NotFound)
            {
                isRemoved = refused.Code == Refusal.NotAMember.Code();
            }

            sharing.Note(group, peer, isRemoved);
        }
    }

    private async IAsyncEnumerable<Func<Moment, Input>> BeatAsync(
        PeerLink link, Effect.Beat beat, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var message = HeartbeatWire.Write(
            writer.Self,
            clock.NowMs(),
            beat.Groups,
            group => quotas.CreditOf(link.Peer, writer.Backlog(group)),
            gossip.For(link.Peer),
            forks.For(link.Peer));
        var reply = await DiallingAsync(
            link.Peer, () => client.BeatAsync(link.Peer, message, cancellation), isGreeting: false, cancellation);
        if (HeartbeatWire.TryReadGroups(reply) is not { } groups || reply.InstanceId != link.Peer.ToString())
            throw PeerException.Malformed();
        clock.Hear(reply.TimeMs);
        (link.ClockAheadMs, link.OnlyCalls) = (clock.AheadMs(reply.TimeMs), false);
        yield return at => new Input.BeatAnswered(at, beat, groups);
        await gossip.TakeAsync(link.Peer, reply.KnownPeers, cancellation);
        forks.Take(link.Peer, reply.Forks);
        await AskStandingAsync(
            link.Peer, beat.Groups.Select(g => g.Group), groups.Select(g => g.Group).ToHashSet(), cancellation);
        await FetchProofsAsync(cancellation);
        foreach (var group in groups.Where(g => sharing.Permits(g.Group, link.Peer)))
            await CompareAsync(link.Peer, group.Group, group.Changed, cancellation);
        foreach (var group in groups.Where(g => sharing.Permits(g.Group, link.Peer)))
            await owed.FetchAsync(link.Peer, client.Of(link.Peer, group.Group), cancellation);
    }

    private async IAsyncEnumerable<Func<Moment, Input>> StatusAsync(
        PeerLink link, Effect.FetchStatus status, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reply = await client.Of(link.Peer, status.Group).StatusAsync(cancellation);
        if (Wire.TryReadHeads(reply.Vector) is not { } heads) throw PeerException.Malformed();
        var theirs = VersionVector.From(heads.Where(h => h.Value.Seq > 0));
        yield return at => new Input.StatusAnswered(at, status.Group, theirs);
        await CompareAsync(link.Peer, status.Group, theirs.Heads, cancellation);
    }

    private async IAsyncEnumerable<Func<Moment, Input>> PullAsync(
        PeerLink link, Effect.Pull pull, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (batches, edition) = await FetchAsync(link.Peer, pull, cancellation);
        if (edition is { } named)
        {
            // One body like any other: what follows the cut is fetched meanwhile, and enters intake after it.
            Position[] cuts = [.. named.Cut.Heads.Select(h => new Position(h.Key, h.Value.Seq))];
            var myTurn = link.Intake.WaitAsync(cancellation);
            yield return at => new Input.Fetched(at, pull, cuts);
            await myTurn;
            var taken = await TakeOverAsync(link, pull.Group, named.File, cancellation);
            ChainId[] behind = taken ? [] : [.. pull.Wants.Select(w => w.Chain)];
            yield return at => new Input.Stored(at, pull, writer.Durable(pull.Group), behind);
            yield break;
        }

        Position[] ends = [.. batches.Select(b => new Position(b.Chain, b.LastSeq))];
        // From here on the next body is fetched while this one is verified and written.
        var turn = link.Intake.WaitAsync(cancellation);
        yield return at => new Input.Fetched(at, pull, ends);
        await turn;
        await own.RenewWhereOldAsync(pull.Group, batches, cancellation);
        var reports = new List<Task<IntakeReport>>();
        try
        {
            // The calls enter the writer's queue in order; their answers are awaited outside the turn.
            foreach (var some in batches.Chunk(BatchesAtOnce))
                reports.Add(writer.ReceiveAsync(pull.Group, link.Peer, some, cancellation));
        }
        finally
        {
            link.Intake.Release();
        }

        if (reports.Count == 0) yield break;
        var done = await Task.WhenAll(reports);
        meters.Received(done.Sum(r => r.Appended));
        meters.Refused(done.SelectMany(r => r.Refused));
        refusals.Note(
            link.Peer, pull.Group, isHere: true, done.SelectMany(r => r.Refused).Select(r => r.Refusal.Code()));
        ChainId[] refused = [.. done.SelectMany(r => r.Refused).Select(r => r.Chain).Distinct()];
        yield return at => new Input.Stored(at, pull, writer.Durable(pull.Group), refused);
        foreach (var run in done.SelectMany(r => r.Refused).Where(r => ForkSearch.IsForeignPast(r.Refusal.Code())))
            await search.SearchAsync(link.Peer, pull.Group, run.Chain, cancellation);
    }

    /// <summary>The batches, or the edition to begin with where the peer no longer holds what was asked for.</summary>
    private async Task<(IReadOnlyList<Batch> Batches, EditionNote? Edition)> FetchAsync(
        NodeId peer, Effect.Pull pull, CancellationToken cancellation)
    {
        try
        {
            return (await client.Of(peer, pull.Group).PullAsync(pull, cancellation), null);
        }
        catch (PeerException behind) when (behind.Edition is not null)
        {
            return ([], behind.Edition);
        }
    }

    /// <summary>Ends the turn at intake that the caller has waited for.</summary>
    private async Task<bool> TakeOverAsync(
        PeerLink link, GroupId group, Hash256 edition, CancellationToken cancellation)
    {
        try
        {
            await editions.FetchAsync(group, edition, link.Peer, cancellation);
            var fault = await writer.ImportAsync(group, edition, cancellation);
            if (fault == EditionFault.None) return true;
            NodeLog.EditionRefused(log, link.Peer, fault);
            editions.Forget(group, edition);
            return false;
        }
        finally
        {
            link.Intake.Release();
        }
    }

    private async IAsyncEnumerable<Func<Moment, Input>> PushAsync(
        PeerLink link, Effect.Push push, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var batches = Collect(push);
        if (batches.Count == 0)
        {
            yield return at => new Input.PushAnswered(at, push, [], [], []);
            yield break;
        }

        var reply = await client.PushAsync(link.Peer, push.Group, batches, cancellation);
        if (Wire.TryReadHeads(reply.Vector) is not { } theirs) throw PeerException.Malformed();
        meters.Sent(batches.Sum(b => b.Events.Count));
        var parked = Chains(reply.Parked.Select(p => (p.Origin, p.Incarnation)));
        var refused = Chains(reply.Refused.Select(r => (r.Origin, r.Incarnation)));
        refusals.Note(link.Peer, push.Group, isHere: false, reply.Refused.Select(r => r.Code));
        yield return at => new Input.PushAnswered(at, push, theirs, parked, refused, reply.Credit);
        var foreign = reply.Refused.Where(r => ForkSearch.IsForeignPast(r.Code));
        foreach (var chain in Chains(foreign.Select(r => (r.Origin, r.Incarnation))))
            await search.SearchAsync(link.Peer, push.Group, chain, cancellation);
    }

    /// <summary>Sends a peer what it lacks of our own chain, as its answer to our leave says.</summary>
    public async Task PushTailAsync(NodeId peer, GroupId group, LeaveReply reply, CancellationToken cancellation)
    {
        if (Wire.TryReadHeads(reply.Vector) is not { } heads) throw PeerException.Malformed();
        var after = heads.FirstOrDefault(h => h.Key == writer.OwnChain).Value.Seq;
        var ours = writer.Durable(group);
        while (after < ours.SeqOf(writer.OwnChain))
        {
            var push = new Effect.Push(
                0, group, [new Want(writer.OwnChain, after)], ours, Limits.CreditEvents, Limits.CreditBytes);
            var batches = Collect(push);
            if (batches.Count == 0) return;
            await client.PushAsync(peer, group, batches, cancellation);
            after = batches[^1].LastSeq;
        }
    }

    /// <summary>Heads that cannot stand beside ours show a fork before any event of it comes.</summary>
    private async Task CompareAsync(
        NodeId peer, GroupId group, IEnumerable<KeyValuePair<ChainId, Head>> heads, CancellationToken cancellation)
    {
        foreach (var (chain, head) in heads)
            if (search.Differs(group, chain, head)) await search.SearchAsync(peer, group, chain, cancellation);
    }

    private static ChainId[] Chains(IEnumerable<(string Origin, string Incarnation)> named) =>
        [.. named.Select(n => Wire.TryReadChain(n.Origin, n.Incarnation)).OfType<ChainId>()];

    private IReadOnlyList<Batch> Collect(Effect.Push push) =>
        RunSelection.ChainByChain(reader, push.Group, push.Runs, push.EventsMax, push.BytesMax);

    private async Task FetchProofsAsync(CancellationToken cancellation)
    {
        while (forks.Wanted.TryRead(out var wanted))
        {
            var (from, group, chain, seq) = wanted;
            if (await client.Of(from, group).ProofAsync(chain, seq, cancellation) is { } proof)
                await writer.ReceiveForkAsync(group, proof, cancellation);
        }
    }
}
