using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Friends and devices tell each other which part groups the other may read with them.</summary>
/// <remarks>
/// Either side may call; each call carries both lists. Of friends' groups only those are named that the teller writes,
/// so nothing about one friend reaches another; totals of an aggregator by whoever may pass them on. After that a group
/// is replicated like any other.
/// </remarks>
public sealed class PartOffers(
    PartBook book, TotalsBook totals, OwnParts own, PartConsents consents, RingBook rings, PeerClient client,
    PeerLoop loop, Sharing sharing, LogWriter writer, NodeOptions options, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<PartOffers> log) : BackgroundService
{
    /// <summary>Groups of one part that one node may name: a fleet has one, and old ones of its devices.</summary>
    private const int GroupsOfPartMax = 4;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<NodeId, Told> _told = new();

    /// <summary>
    /// What that node may be told: groups that this one writes and its owner lets it read, and totals that count here.
    /// </summary>
    internal PartsMessage For(NodeId node) => new(
    [
        .. own.Here().Where(g => sharing.Permits(g.Group, node))
            .Select(g => new OfferedPart(g.Group.ToString(), g.Part)),
        .. totals.All.Where(g => sharing.Permits(g.Group, node))
            .Select(g => new OfferedPart(g.Group.ToString(), g.Part, g.Aggregator.ToString())),
    ]);

    /// <summary>Takes what a friend or device says of its own groups; from anybody else nothing.</summary>
    internal async Task TakeAsync(NodeId from, PartsMessage message, CancellationToken cancellation)
    {
        if (rings.Find(from) is not { EndedMs: null } paired) return;
        var named = new Dictionary<GroupId, string>();
        foreach (var offered in message.Parts.Where(o => o.Aggregator is null))
            if (NetApp.FriendsParts.Contains(offered.Part) && GroupId.TryParse(offered.Group, out var group))
                named[group] = offered.Part;
        await book.OfferedAsync(from, named, cancellation);
        var isNew = await TakeTotalsAsync(from, message, cancellation);
        foreach (var (group, part) in named)
            isNew |= await TakeAsync(from, paired, group, part, cancellation);
        if (isNew) await loop.TryAsync(from, cancellation);
    }

    private async Task<bool> TakeTotalsAsync(NodeId from, PartsMessage message, CancellationToken cancellation)
    {
        var named = new Dictionary<GroupId, TotalsGroup>();
        foreach (var offered in message.Parts)
            if (NetApp.NetworkParts.Contains(offered.Part) && NodeId.TryParse(offered.Aggregator, out var aggregator)
                && GroupId.TryParse(offered.Group, out var group))
                named[group] = new TotalsGroup(group, offered.Part, aggregator);
        totals.Named(from, named.Keys);
        var isNew = false;
        foreach (var told in named.Values.Where(t => totals.Lacks(t, from, GroupsOfPartMax)).ToList())
        {
            await totals.NoteAsync(told, from, cancellation);
            await writer.FollowAsync(told.Group, NetApp.GroupKind, NetworkRing.Name, cancellation);
            NodeLog.PartFollowed(log, from, told.Part);
            isNew = true;
        }

        return isNew;
    }

    private async Task<bool> TakeAsync(
        NodeId from, Paired paired, GroupId group, string part, CancellationToken cancellation)
    {
        if (paired.Kind == InviteKind.Friend && consents.Find(part, Subscription.Friends) is null) return false;
        if (writer.Holds(group))
        {
            // A device that came back to its fleet takes up its groups; and who named a group first need not have it.
            if (paired.Kind == InviteKind.Device && sharing.HasLeft(group))
                await sharing.FollowAsync(group, from, cancellation);
            else if (writer.Durable(group).Count > 0 || !PartNaming.IsRing(writer.RingOf(group))
                || (book.PartOf(group) is not null && book.IsToldBy(group, from)))
                return false;
        }
        else if (book.ToldBy(from, part) >= GroupsOfPartMax)
        {
            return false;
        }

        await book.NoteAsync(group, part, from, cancellation);
        await writer.FollowAsync(group, NetApp.GroupKind, FriendsRing.Name, cancellation);
        NodeLog.PartFollowed(log, from, part);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                foreach (var paired in rings.All.Where(p => p.EndedMs is null && IsDue(p.Node)).ToList())
                    await CallAsync(paired.Node, stoppingToken);
                await Task.Delay(TimeSpan.FromSeconds(options.HeartbeatSeconds), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>When either list may have changed, and every ten minutes for what changed there.</summary>
    private bool IsDue(NodeId node) =>
        loop.Find(node)?.Look(session => session.Contact) == Contact.Up
        && (!_told.TryGetValue(node, out var told) || told.What != Sum(node)
            || time.GetElapsedTime(told.At) > AgainAfter);

    private async Task CallAsync(NodeId node, CancellationToken cancellation)
    {
        var sum = Sum(node);
        try
        {
            await TakeAsync(node, await client.TellPartsAsync(node, For(node), cancellation), cancellation);
            _told[node] = new Told(sum, time.GetTimestamp());
        }
        catch (PeerException failed)
        {
            NodeLog.PartsNotExchanged(log, node, failed.Code);
        }
    }

    /// <summary>What a call to that node depends on here.</summary>
    private string Sum(NodeId node) => string.Join(
        ' ', [
            .. For(node).Parts.Select(p => p.Group),
            .. consents.Subscriptions.Select(s => s.Part + s.Trust + s.Aggregator),
        ]);

    private sealed record Told(string What, long At);
}
