using System.Threading.Channels;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Announces frozen chains, and remembers announcements whose proof has to be fetched.</summary>
/// <remarks>
/// An announcement is <c>{group}.{origin}.{incarnation}.{seq}</c>; only the proof behind it freezes a chain.
/// </remarks>
public sealed class ForkGossip(LogWriter writer, Sharing sharing)
{
    // Forks are rare; more announcements than this at once are noise.
    private const int PerHeartbeatMax = 64;

    private readonly Channel<Announced> _wanted = Channel.CreateBounded<Announced>(
        new BoundedChannelOptions(PerHeartbeatMax) { FullMode = BoundedChannelFullMode.DropNewest });

    /// <summary>A fork that a peer knows and we do not.</summary>
    public readonly record struct Announced(NodeId From, GroupId Group, ChainId Chain, long Seq);

    /// <summary>Proofs to fetch, in the order they were announced.</summary>
    public ChannelReader<Announced> Wanted => _wanted.Reader;

    public IReadOnlyList<string> For(NodeId peer) =>
    [
        .. sharing.With(peer)
            .SelectMany(g => writer.Forks(g).Select(f => $"{g}.{Wire.Place(f.Chain, f.Seq)}"))
            .Take(PerHeartbeatMax),
    ];

    public void Take(NodeId from, IReadOnlyList<string> forks)
    {
        foreach (var text in forks.Take(PerHeartbeatMax))
        {
            var dot = text.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || !GroupId.TryParse(text[..dot], out var group)) continue;
            if (Wire.TryReadPlace(text[(dot + 1)..]) is not var (chain, seq)) continue;
            if (!sharing.Permits(group, from)) continue;
            if (writer.Forks(group).Any(f => f.Chain == chain && f.Seq <= seq)) continue;
            _wanted.Writer.TryWrite(new Announced(from, group, chain, seq));
        }
    }
}
