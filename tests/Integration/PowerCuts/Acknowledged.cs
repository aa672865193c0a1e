using System.Text;
using Anarchive.Log;

namespace Anarchive.Tests.Integration;

/// <summary>What a node has said to be durable: in each group the head of each chain.</summary>
/// <remarks>Written down line by line in a file on the watched disk, so a trace tells what was said when.</remarks>
internal sealed class Acknowledged
{
    private readonly Dictionary<(GroupId, ChainId), Head> _heads = [];

    public IEnumerable<(GroupId Group, ChainId Chain, Head Head)> Heads =>
        _heads.Select(h => (h.Key.Item1, h.Key.Item2, h.Value));

    public static byte[] Line(GroupId group, ChainId chain, Head head) =>
        Encoding.ASCII.GetBytes($"{group} {chain.Origin} {chain.Incarnation} {head.Seq} {head.Id}\n");

    public void Add(ReadOnlySpan<byte> line)
    {
        var parts = Encoding.ASCII.GetString(line).TrimEnd('\n').Split(' ');
        if (!GroupId.TryParse(parts[0], out var group) || !NodeId.TryParse(parts[1], out var origin)
            || !Incarnation.TryParse(parts[2], out var incarnation))
            throw new InvalidOperationException("Not a line of what was acknowledged.");
        var head = new Head(
            long.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture),
            new EventId(new Hash256(Convert.FromHexString(parts[4]))));
        _heads[(group, new ChainId(origin, incarnation))] = head;
    }

    public void Add(Acknowledged other)
    {
        foreach (var (group, chain, head) in other.Heads) _heads[(group, chain)] = head;
    }

    public void Add(GroupId group, VersionVector durable)
    {
        foreach (var (chain, head) in durable.Heads) _heads[(group, chain)] = head;
    }
}
