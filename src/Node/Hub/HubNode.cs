using System.Text.Json;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A node that registered with this hub.</summary>
/// <param name="Key">In force, by its own statements.</param>
public sealed record HubNode(
    NodeId Id, PublicKey Key, HubRegistration Said, IReadOnlyList<GroupId> Groups, bool IsAdmitted, long RegisteredMs,
    long HeardMs)
{
    /// <summary>More than these a node does not name at a hub.</summary>
    public const int GroupsMax = 256;
    private const int SwarmsMax = 16;
    private const int CapabilitiesMax = 16;
    private const int WordLengthMax = 64;

    /// <summary>Silent for five minutes: still listed, behind the others.</summary>
    public bool IsStale(long nowMs) => nowMs - HeardMs > Limits.SilentMs;

    public bool SharesGroupWith(HubNode other) => Groups.Any(other.Groups.Contains);

    /// <summary>The same with a group more; null where it names as many as it may.</summary>
    public HubNode? Joining(GroupId group) => Groups.Contains(group)
        ? this
        : Groups.Count < GroupsMax ? Naming([.. Groups, group]) : null;

    public HubNode Leaving(GroupId group) => Groups.Contains(group)
        ? Naming([.. Groups.Where(g => g != group)])
        : this;

    /// <summary>What it says, as it is kept.</summary>
    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(Said, HubJson.Default.HubRegistration);

    public bool SaysAs(HubNode other) => Bytes().AsSpan().SequenceEqual(other.Bytes());

    /// <summary>Null where what it says is not well-formed, or signed by others.</summary>
    public static HubNode? TryRead(HubRegistration said, long nowMs, IVerifier verifier)
    {
        if (KeyChain.Read(said.Keys, verifier) is not { } chain) return null;
        if (chain.Node.ToString() != said.InstanceId) return null;
        if (said.Groups.Count > GroupsMax || said.Swarms.Count > SwarmsMax) return null;
        if (said.Capabilities.Count > CapabilitiesMax) return null;
        var words = said.Capabilities.Concat(said.Swarms.Select(s => s.Name));
        if (words.Any(w => w.Length is 0 or > WordLengthMax || w.Any(char.IsControl))) return null;
        if (said.Swarms.Any(s => s.Agents < 0)) return null;
        var groups = new List<GroupId>();
        foreach (var text in said.Groups)
        {
            if (!GroupId.TryParse(text, out var group)) return null;
            groups.Add(group);
        }

        if (said.Record is not null && RecordOf(said, nowMs, verifier)?.Node != chain.Node) return null;
        return new HubNode(
            chain.Node, chain.Current, said with { PreauthKey = null }, groups, IsAdmitted: false, nowMs, nowMs);
    }

    private HubNode Naming(IReadOnlyList<GroupId> groups) =>
        this with { Groups = groups, Said = Said with { Groups = [.. groups.Select(g => g.ToString())] } };

    private static PeerRecord? RecordOf(HubRegistration said, long nowMs, IVerifier verifier) =>
        Base64UrlText.Decode(said.Record) is { } bytes ? PeerRecord.TryRead(bytes, nowMs, verifier) : null;
}
