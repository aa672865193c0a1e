using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Anarchive.Log;

/// <summary>The last event of a chain: its seq and id.</summary>
public readonly record struct Head(long Seq, EventId Id);

/// <summary>What a node holds of a group: the head of every chain, in chain order. Immutable.</summary>
public sealed class VersionVector
{
    private readonly ImmutableSortedDictionary<ChainId, Head> _heads;

    private VersionVector(ImmutableSortedDictionary<ChainId, Head> heads) => _heads = heads;

    public static VersionVector Empty { get; } = new(ImmutableSortedDictionary<ChainId, Head>.Empty);

    /// <summary>In chain order.</summary>
    public IEnumerable<KeyValuePair<ChainId, Head>> Heads => _heads;

    public int Count => _heads.Count;

    /// <summary>Events held, over all chains.</summary>
    public long Events
    {
        get
        {
            long total = 0;
            foreach (var (_, head) in _heads) total += head.Seq;
            return total;
        }
    }

    public static VersionVector From(IEnumerable<KeyValuePair<ChainId, Head>> heads) =>
        new(ImmutableSortedDictionary.CreateRange(heads));

    /// <summary>How far each of a node's chains reaches: what came before a sanction stands.</summary>
    public IReadOnlyList<ChainSeq> ReachOf(NodeId origin) =>
    [
        .. Heads.Where(h => h.Key.Origin == origin).Select(h => new ChainSeq(
            h.Key.Origin.ToString(), h.Key.Incarnation.ToString(), h.Value.Seq)),
    ];

    /// <summary>0 for a chain this vector does not name.</summary>
    public long SeqOf(ChainId chain) => _heads.TryGetValue(chain, out var head) ? head.Seq : 0;

    public Head? HeadOf(ChainId chain) => _heads.TryGetValue(chain, out var head) ? head : null;

    public VersionVector With(ChainId chain, Head head) => new(_heads.SetItem(chain, head));

    /// <summary>As if nothing of that chain were held.</summary>
    public VersionVector Without(ChainId chain) => new(_heads.Remove(chain));

    /// <summary>Every chain at the larger of both seqs.</summary>
    public VersionVector Join(VersionVector other)
    {
        var heads = _heads.ToBuilder();
        foreach (var (chain, head) in other._heads)
            if (!heads.TryGetValue(chain, out var mine) || mine.Seq < head.Seq) heads[chain] = head;
        return new VersionVector(heads.ToImmutable());
    }

    /// <summary>True when this vector holds an event that <paramref name="other"/> lacks.</summary>
    public bool IsAheadOf(VersionVector other)
    {
        foreach (var (chain, head) in _heads)
            if (head.Seq > other.SeqOf(chain)) return true;
        return false;
    }

    /// <summary>Events that this vector holds and <paramref name="other"/> lacks.</summary>
    public long EventsAheadOf(VersionVector other)
    {
        long total = 0;
        foreach (var (chain, head) in _heads) total += Math.Max(0, head.Seq - other.SeqOf(chain));
        return total;
    }

    /// <summary>The chains whose head differs from <paramref name="earlier"/>, in chain order.</summary>
    public IEnumerable<KeyValuePair<ChainId, Head>> ChangedSince(VersionVector earlier)
    {
        foreach (var entry in _heads)
            if (earlier.HeadOf(entry.Key) != entry.Value) yield return entry;
    }

    /// <summary>SHA-256 over the domain and, in chain order, origin ‖ incarnation ‖ seq ‖ head id.</summary>
    public Hash256 Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domains.Vector);
        Span<byte> row = stackalloc byte[80];
        foreach (var (chain, head) in _heads)
        {
            chain.Origin.Value.CopyTo(row);
            BinaryPrimitives.WriteUInt64BigEndian(row[32..], chain.Incarnation.Value);
            BinaryPrimitives.WriteUInt64BigEndian(row[40..], (ulong)head.Seq);
            head.Id.Value.CopyTo(row[48..]);
            hash.AppendData(row);
        }

        return new Hash256(hash.GetHashAndReset());
    }
}
