using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>What peers tell us: who they are, what they hold, and events.</summary>
public sealed class SyncExchanges(
    HandshakeDesk desk, LogWriter writer, Quotas quotas, PeerLoop loop, PeerGossip gossip,
    ForkGossip forks, SyncMeters meters, RefusalBook refusals, NodeClock clock, Sharing sharing, NodeOptions options,
    TimeProvider time)
{
    private const int BatchesAtOnce = 8;

    // Refusing a body takes most of a millisecond, for it still has to be drained.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(1);

    /// <summary><c>POST /sync/v1/handshake</c>.</summary>
    public async Task HandshakeAsync(HttpContext context)
    {
        var from = PeerCaller.Of(context, options);
        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.HandshakeBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, SyncJson.Default.HandshakeMessage) : null;
        // A stranger learns nothing, not even what was wrong, and is turned away before anything dear is done.
        // Nor does it take part in what all strangers share.
        var isExpected = message switch
        {
            HelloMessage said => desk.Expects(said),
            ProofMessage said => desk.Expects(said),
            _ => false,
        };
        if (!isExpected)
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        if (quotas.TakeHandshake() is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        if (message is ProofMessage proof) await WelcomeAsync(context, proof, from);
        else if (message is HelloMessage hello && desk.Challenge(hello, from) is { } challenge)
            await SyncAnswer.JsonAsync(context, challenge, SyncJson.Default.ChallengeMessage);
        else await SyncAnswer.NotFoundAsync(context);
    }

    /// <summary><c>POST /sync/v1/heartbeat</c>. Groups that are not shared are passed over in silence.</summary>
    public async Task HeartbeatAsync(HttpContext context, NodeId peer)
    {
        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.MessageBytesMax);
        var message = code is null ? Wire.TryRead(body.Span, SyncJson.Default.HeartbeatMessage) : null;
        if (message is null || HeartbeatWire.TryReadGroups(message) is not { } groups)
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        if (message.InstanceId != peer.ToString())
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        clock.Hear(message.TimeMs);
        var ours = await loop.BeatCameAsync(peer, groups, context.RequestAborted);
        if (loop.Find(peer) is { } link)
        {
            link.ClockAheadMs = clock.AheadMs(message.TimeMs);
            link.OnlyCalls |= link.Look(s => s.Contact) == Contact.Down;
        }

        // It passes over a group that we share: our own heartbeat asks why.
        if (sharing.With(peer).Except(groups.Select(g => g.Group))
            .Any(g => sharing.Expects(g, peer) && !sharing.SaysRemoved(g, peer)))
            loop.TryNow(peer);
        await gossip.TakeAsync(peer, message.KnownPeers, context.RequestAborted);
        forks.Take(peer, message.Forks);
        var reply = HeartbeatWire.Write(writer.Self, clock.NowMs(), ours, Credit, gossip.For(peer), forks.For(peer));
        await SyncAnswer.JsonAsync(context, reply, SyncJson.Default.HeartbeatMessage);

        WireCredit Credit(GroupId group) => quotas.CreditOf(peer, writer.Backlog(group));
    }

    /// <summary><c>POST …/events</c>: answered once everything accepted is durable.</summary>
    public async Task PushAsync(HttpContext context, NodeId peer, GroupId group)
    {
        // Whoever does not wait as it is told is made to: its body stays unread meanwhile.
        if (quotas.WaitBeforePush(peer) is { } early)
        {
            await Task.Delay(Held, time, context.RequestAborted);
            await SyncAnswer.ThrottleAsync(context, early);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, Limits.BodyBytesMax);
        if (code is not null)
        {
            await SyncAnswer.ErrorAsync(context, code);
            return;
        }

        var json = context.Request.ContentType == SyncBody.JsonType;
        if (!json && context.Request.ContentType != SyncBody.EventsType)
        {
            await SyncAnswer.ErrorAsync(context, "malformed");
            return;
        }

        if (SyncBody.Batches(body, json, out var refusal) is not { } batches)
        {
            quotas.ChargeRefusals(peer, 1);
            await SyncAnswer.ErrorAsync(context, refusal.Code());
            return;
        }

        if (quotas.TakePush(peer, batches.Sum(b => b.Events.Count), body.Length) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        await SyncAnswer.JsonAsync(
            context, await TakeAsync(group, peer, batches, context.RequestAborted), SyncJson.Default.PushReply);
    }

    /// <summary><c>POST …/leave</c>.</summary>
    public async Task LeaveAsync(HttpContext context, NodeId peer, GroupId group)
    {
        await loop.LeftAsync(peer, group, context.RequestAborted);
        await SyncAnswer.JsonAsync(
            context, new LeaveReply(Wire.Heads(writer.Durable(group).Heads)), SyncJson.Default.LeaveReply);
    }

    private async Task WelcomeAsync(HttpContext context, ProofMessage proof, PeerCaller from)
    {
        var (welcome, peer, why) = await desk.WelcomeAsync(proof, from, context.RequestAborted);
        if (welcome is null)
        {
            await SyncAnswer.ErrorAsync(context, why);
            return;
        }

        await loop.CalledAsync(peer, context.RequestAborted);
        await SyncAnswer.JsonAsync(context, welcome, SyncJson.Default.WelcomeMessage);
    }

    private async Task<PushReply> TakeAsync(
        GroupId group, NodeId peer, IReadOnlyList<Batch> batches, CancellationToken cancellation)
    {
        var durable = writer.Durable(group);
        await loop.OfferedAsync(
            peer, group, [.. batches.Select(b => new Position(b.Chain, b.LastSeq))], cancellation);
        var (parked, refused) = (new List<ParkedRun>(), new List<RefusedRun>());
        var passed = batches.ToLookup(b => PassesOrigin(group, b, durable));
        foreach (var some in passed[true].Chunk(BatchesAtOnce))
        {
            var report = await writer.ReceiveAsync(group, peer, some, cancellation);
            durable = report.Durable;
            parked.AddRange(report.Parked);
            refused.AddRange(report.Refused);
            meters.Received(report.Appended);
        }

        if (refused.Count > 0) quotas.ChargeRefusals(peer, refused.Count);
        // No fault of a peer that passes them on.
        refused.AddRange(passed[false].Select(b => new RefusedRun(b.Chain, b.FirstSeq, Refusal.RateLimited)));
        meters.Refused(refused);
        refusals.Note(peer, group, isHere: true, refused.Select(r => r.Refusal.Code()));
        var last = new Dictionary<ChainId, Head>();
        foreach (var batch in batches)
            if (batch.LastSeq <= durable.SeqOf(batch.Chain))
                last[batch.Chain] = new Head(batch.LastSeq, batch.Events[^1].Header.Id);
        if (refused.Count == 0) await loop.DeliveredAsync(peer, group, [.. last], cancellation);
        var chains = batches.Select(b => b.Chain).Distinct();
        return new PushReply(
            [.. chains.Select(c => Wire.Head(c, durable.HeadOf(c) ?? default))],
            [.. parked.Select(p => new WireParked(
                p.Chain.Origin.ToString(), p.Chain.Incarnation.ToString(), p.Seq, Wire.Waits(p.WaitsFor)))],
            [.. refused.Select(r => new WireRefused(
                r.Chain.Origin.ToString(), r.Chain.Incarnation.ToString(), r.Seq, r.Refusal.Code()))],
            quotas.CreditOf(peer, writer.Backlog(group)));
    }

    /// <summary>What is here already, or comes from no member, costs its origin nothing.</summary>
    private bool PassesOrigin(GroupId group, Batch batch, VersionVector durable) =>
        batch.LastSeq <= durable.SeqOf(batch.Chain)
        || !writer.IsMember(group, batch.Chain.Origin)
        || quotas.TakeOrigin(batch.Chain.Origin, batch.Events.Count, BatchFraming.FramedBytes(batch));
}
