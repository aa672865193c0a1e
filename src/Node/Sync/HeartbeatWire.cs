using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Heartbeats between their wire form and what a session reads and says.</summary>
internal static class HeartbeatWire
{
    public static HeartbeatMessage Write(
        NodeId self,
        long nowMs,
        IReadOnlyList<GroupBeat> groups,
        Func<GroupId, WireCredit> credit,
        IReadOnlyList<WireKnownPeer> peers,
        IReadOnlyList<string> forks) =>
        new(
            self.ToString(),
            nowMs,
            [.. groups.Select(g => new WireGroup(
                g.Group.ToString(),
                Base64UrlText.Encode(g.Digest.ToArray()),
                Wire.Heads(g.Changed),
                credit(g.Group)))],
            peers,
            forks);

    /// <summary>Null when any group is malformed or named twice.</summary>
    public static IReadOnlyList<GroupBeat>? TryReadGroups(HeartbeatMessage message)
    {
        var read = new Dictionary<GroupId, GroupBeat>(message.Groups.Count);
        foreach (var group in message.Groups)
        {
            if (!GroupId.TryParse(group.Id, out var id)) return null;
            if (!Base64UrlText.TryDecode(group.Digest, out var digest)) return null;
            if (Wire.TryReadHeads(group.Changed) is not { } changed) return null;
            if (!read.TryAdd(id, new GroupBeat(id, digest, changed, group.Credit))) return null;
        }

        return [.. read.Values];
    }
}
