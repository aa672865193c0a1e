using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Following hives.</summary>
public sealed class MirrorActs(
    LogWriter writer, HiveNames names, MirrorBook book, Sharing sharing, PeerDoors doors, TimeProvider time)
{
    private const string HiveKind = "hive";
    private const string MembersRing = "members";

    /// <summary>Begins to read a hive along; the first look is under way when it returns.</summary>
    public async Task<JoinOutcome> FollowAsync(string link, string? localName, CancellationToken cancellation)
    {
        if (PublicLink.TryParse(link.Trim()) is not { } read)
            return Refused("not_a_public_link", 400,
                "This is no link to a public hive: one looks like https://HOST:PORT/sync/v1/public/ag1…");
        if (read.Endpoint is { IsLoopback: false, IsEncrypted: false })
            return Refused("endpoint_not_allowed", 400,
                "This link leads to another machine without encryption: ask for one that begins at https.");
        if (writer.IsMember(read.Group, writer.Self) && !sharing.HasLeft(read.Group))
            return Refused("already_joined", 409, "This node is a member of that hive already.");
        if (book.Find(read.Group) is { } known && known.Link == read)
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

        // First of all: from here on the group is exchanged with nobody, whoever else is a member of it.
        await book.AddAsync(new Mirror(read, time.GetUtcNow().ToUnixTimeMilliseconds()), cancellation);
        await writer.FollowAsync(read.Group, HiveKind, MembersRing, cancellation);
        var name = await names.TakeAsync(read.Group, localName ?? title, cancellation);
        return new JoinOutcome(read.Group, name, null);
    }

    private static Problem WhyUnread(PeerException failed, PublicLink link) => failed switch
    {
        { Failure: Failure.NotFound, Code: "not_found" } => new Problem(
            "not_public", 409,
            $"The node at {link.Endpoint} lets nobody read such a hive: ask its owner for a new link."),
        { Failure: Failure.Throttled } => new Problem(
            "rate_limited", 502, "The other node asks for patience: try again in a minute."),
        _ => new Problem("peer_unreachable", 502, $"No node answers at {link.Endpoint}: is it running?"),
    };

    private static JoinOutcome Refused(string code, int status, string sentence) =>
        new(null, null, new Problem(code, status, sentence));
}
