using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>One search for the peers of a torrent in the DHT of BitTorrent (BEP 5), without its wires.</summary>
/// <remarks>
/// It asks and never answers, and says so (BEP 43), so that nobody keeps this node's address in a table. An answer
/// counts only from whom it was asked, with the mark it was asked by. IPv4. One thread.
/// </remarks>
/// <param name="target">The info hash, 20 bytes.</param>
/// <param name="self">20 random bytes, for this search alone.</param>
/// <param name="first">Nodes to begin with, as the owner named them.</param>
internal sealed class DhtSearch(byte[] target, byte[] self, IEnumerable<IPEndPoint> first)
{
    /// <summary>A table's bucket: once that many of the closest answered, the search is over.</summary>
    public const int Closest = 8;

    public const int QueriesMax = 64;
    public const int PeersMax = 200;

    private const int IdBytes = 20;
    private const int NodeBytes = 26;
    private const int PeerBytes = 6;

    private readonly List<Contact> _known = [.. first.Distinct().Select(f => new Contact(f, null))];
    private readonly HashSet<IPEndPoint> _peers = [];
    private int _asked;

    /// <summary>True once any node answered: only then an empty end means that nobody was found.</summary>
    public bool IsAnswered { get; private set; }

    public IReadOnlyList<IPEndPoint> Peers => [.. _peers];

    /// <summary>Whom to ask next; nobody where the search is over.</summary>
    public IReadOnlyList<IPEndPoint> Next(int most)
    {
        if (_peers.Count >= PeersMax) return [];
        var next = _known.Where(c => c.Id is null && c.Mark is null)
            .Concat(_known.Where(c => c.Id is not null && !c.HasFailed).OrderBy(c => c.Distance, BytesOrder.Instance)
                .Take(Closest).Where(c => c.Mark is null))
            .Take(Math.Min(most, QueriesMax - _asked)).ToList();
        foreach (var contact in next)
            contact.Mark = ++_asked;
        return [.. next.Select(c => c.At)];
    }

    /// <summary>What to send to one that is to be asked.</summary>
    public byte[] QueryTo(IPEndPoint node)
    {
        var to = new ArrayBufferWriter<byte>();
        Bencode.Mark(to, 'd');
        Bencode.Write(to, "a");
        Bencode.Mark(to, 'd');
        Bencode.Write(to, "id");
        Bencode.Write(to, self);
        Bencode.Write(to, "info_hash");
        Bencode.Write(to, target);
        Bencode.Mark(to, 'e');
        Bencode.Write(to, "q");
        Bencode.Write(to, "get_peers");
        Bencode.Write(to, "ro");
        Bencode.Write(to, 1);
        Bencode.Write(to, "t");
        Bencode.Write(to, MarkOf(_known.Single(c => c.At.Equals(node))));
        Bencode.Write(to, "y");
        Bencode.Write(to, "q");
        Bencode.Mark(to, 'e');
        return to.WrittenSpan.ToArray();
    }

    /// <summary>Takes a datagram; false for what is no answer to what was asked.</summary>
    public bool Take(IPEndPoint from, ReadOnlyMemory<byte> datagram)
    {
        if (_known.Find(c => c.At.Equals(from)) is not { Mark: not null, HasAnswered: false } contact) return false;
        if (!Bencode.TryRead(datagram, out var value) || value is not BencodeValue.Dictionary message) return false;
        if (message["t"] is not BencodeValue.Text mark || !mark.Bytes.Span.SequenceEqual(MarkOf(contact))) return false;
        if (message["r"] is not BencodeValue.Dictionary reply) return false;
        contact.HasAnswered = IsAnswered = true;
        if (reply["values"] is BencodeValue.List values)
            foreach (var peer in values.Items.OfType<BencodeValue.Text>()) TakePeer(peer.Bytes.Span, from);
        if (reply["nodes"] is BencodeValue.Text { Bytes: var nodes })
            for (var at = 0; at + NodeBytes <= nodes.Length; at += NodeBytes)
                TakeNode(nodes.Span.Slice(at, NodeBytes), from);
        return true;
    }

    /// <summary>Those did not answer in time: others take their places.</summary>
    public void Fail(IEnumerable<IPEndPoint> silent)
    {
        foreach (var one in silent)
            if (_known.Find(c => c.At.Equals(one)) is { HasAnswered: false } contact) contact.HasFailed = true;
    }

    private static byte[] MarkOf(Contact contact) => BitConverter.GetBytes(contact.Mark!.Value);

    /// <summary>Somebody else's word leads nowhere near: only a node of this machine may name others on it.</summary>
    private static bool MayLead(IPEndPoint to, IPEndPoint told) => to.Port != 0
        && (GlobalUnicast.Allows(to.Address)
            || (IPAddress.IsLoopback(to.Address) && IPAddress.IsLoopback(told.Address)));

    private static IPEndPoint Read(ReadOnlySpan<byte> compact) =>
        new(new IPAddress(compact[..4]), BinaryPrimitives.ReadUInt16BigEndian(compact[4..]));

    private void TakePeer(ReadOnlySpan<byte> compact, IPEndPoint told)
    {
        if (compact.Length != PeerBytes || _peers.Count >= PeersMax) return;
        var peer = Read(compact);
        if (MayLead(peer, told)) _peers.Add(peer);
    }

    private void TakeNode(ReadOnlySpan<byte> compact, IPEndPoint told)
    {
        var node = Read(compact[IdBytes..]);
        if (!MayLead(node, told) || _known.Exists(c => c.At.Equals(node))) return;
        var distance = new byte[IdBytes];
        for (var at = 0; at < IdBytes; at++) distance[at] = (byte)(compact[at] ^ target[at]);
        _known.Add(new Contact(node, compact[..IdBytes].ToArray()) { Distance = distance });
    }

    /// <param name="Id">Null for one that the owner named.</param>
    private sealed record Contact(IPEndPoint At, byte[]? Id)
    {
        public byte[] Distance { get; init; } = [];

        /// <summary>Of the query; null before one.</summary>
        public int? Mark { get; set; }

        public bool HasAnswered { get; set; }

        public bool HasFailed { get; set; }
    }

    private sealed class BytesOrder : IComparer<byte[]>
    {
        public static BytesOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
