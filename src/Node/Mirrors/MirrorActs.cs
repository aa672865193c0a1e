using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Following hives.</summary>
public sealed class MirrorActs(
    LogWriter writer, HiveNames names, MirrorBook book, Sharing sharing, PeerDoors doors, TimeProvider time)
{
    /// <summary>Begins to read a hive along; the first look is under way when it returns.</summary>
    public async Task<JoinOutcome> FollowAsync(string link, string? localName, CancellationToken cancellation)
    {
        if (PublicLink.TryParse(link.Trim()) is not { } read)
            return Refused("not_a_public_link", 400,
                "This is no link to a public hive: one looks like https://HOST:PORT/sync/v1/public/ag1…");
        if (read.Endpoint is { IsLoopback: false, IsEncrypted: false })
            return Refused("endpoint_not_allowed", 400,
                "This link leads to another machine without encryption: ask for one that begins at https.");
        if (TakesPart(read.Group))
            return Refused("already_joined", 409, "This node is a member of that hive already.");
        if (book.Find(read.Group) is { } known && known.Link == read && IsWhole(read.Group))
            return Refused("already_followed", 409, "That hive is followed here already.");
        string title;
        try
        {
            using var door = doors.Unnamed(read.Endpoint, KnownPeer.ScopeOfTyped(read.Endpoint));
            var client = new GroupClient(door.Http, read.ToString(), read.Group, null);
            title = (await client.PublicAsync(cancellation)).Title;
        }
        catch (PeerException failed)
        {
            return new JoinOutcome(null, null, WhyUnread(failed, read));
        }

        // Three steps that belong together: whoever gives up waiting for them does not break them off. First of all the
        // book, so that the group is exchanged with nobody, whoever else is a member of it.
        await book.AddAsync(new Mirror(read, time.GetUtcNow().ToUnixTimeMilliseconds()), CancellationToken.None);
        await writer.FollowAsync(read.Group, HivesApp.GroupKind, HivesApp.DefaultRing, CancellationToken.None);
        var name = await names.TakeAsync(read.Group, localName ?? title, CancellationToken.None);
        return new JoinOutcome(read.Group, name, null);
    }

    /// <summary>A hive that was founded or joined here, and neither left nor taken from this node.</summary>
    private bool TakesPart(GroupId group) =>
        writer.Holds(group) && !book.Holds(group) && !sharing.HasLeft(group) && !sharing.IsToldRemoved(group);

    /// <summary>False where a stop came between the steps of following.</summary>
    private bool IsWhole(GroupId group) => writer.Holds(group) && names.Of(group) is not null;

    private static Problem WhyUnread(PeerException failed, PublicLink link) => failed switch
    {
        { Failure: Failure.NotFound, Code: "not_found" } => new Problem(
            "not_public", 409,
            $"The node at {link.Endpoint} lets nobody read such a hive: ask its owner for a new link."),
        { Failure: Failure.Throttled } => new Problem(
            "rate_limited", 502, "The other node asks for patience: try again in a minute."),
        _ => new Problem("peer_unreachable", 502, $"No node answers at {link.Endpoint}: is it running?"),
    };

    private static JoinOutcome Refused(string code, int status, Sentence why) =>
        new(null, null, new Problem(code, status, why));
}
