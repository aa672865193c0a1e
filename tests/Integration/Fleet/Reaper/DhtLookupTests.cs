using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Walks of a small DHT of real sockets on loopback, honest and not.</summary>
public sealed class DhtLookupTests : IDisposable
{
    private static readonly string InfoHash = new('a', 40);
    private static readonly string Peer = "127.0.0.1:6881";

    /// <summary>Enough for what answers at once, also on a busy machine.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    /// <summary>For those that never answer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private readonly List<DhtStub> _nodes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _nodes.ForEach(n => n.Dispose());

    [Fact]
    public async Task Peers_are_found_by_way_of_nodes_that_others_name()
    {
        var (first, middle, last) = (Node(0), Node(0x80), Node(0xAA));
        first.Names = [middle];
        middle.Names = [last];
        last.Peers = [Peer, "127.0.0.1:6882"];
        Assert.Equal([Peer, "127.0.0.1:6882"], (await Walk(first, Long))!.Order());
        Assert.All(_nodes, n => Assert.Equal(1, n.Asked));
        // It says that it answers nothing (BEP 43), and names the torrent.
        Assert.Contains("2:roi1e", last.LastQuery);
        Assert.Contains("9:get_peers", last.LastQuery);
        Assert.DoesNotContain("announce", last.LastQuery);
    }

    [Fact]
    public async Task Nobody_answering_is_not_nobody_found()
    {
        var silent = Node(0);
        silent.IsSilent = true;
        Assert.Null(await Walk(silent, Soon));
        Assert.Null(await new DhtLookup(Options([])).WalkAsync(InfoHash, Cancellation));
    }

    [Fact]
    public async Task Everybody_answering_without_a_peer_is_an_empty_walk()
    {
        var (first, other) = (Node(0), Node(1));
        first.Names = [other];
        Assert.Empty((await Walk(first, Long))!);
        Assert.Equal(1, other.Asked);
    }

    [Fact]
    public async Task An_answer_that_was_not_asked_for_counts_for_nothing()
    {
        var (first, forger) = (Node(0), Node(1));
        first.Names = [forger];
        forger.Peers = [Peer];
        forger.BendsMark = true;
        Assert.Empty((await Walk(first, TimeSpan.FromSeconds(2)))!);
    }

    [Fact]
    public async Task Bent_and_oversized_answers_end_in_nothing()
    {
        foreach (var raw in new[] { "", "d", "de", "i1e", "d1:rde1:t4:xxxx1:y1:re", new string('l', 1500) })
        {
            var node = Node(0);
            node.Raw = System.Text.Encoding.ASCII.GetBytes(raw);
            Assert.Null(await Walk(node, Soon));
        }
    }

    [Fact]
    public async Task Addresses_of_nearby_networks_are_neither_asked_nor_named()
    {
        var first = Node(0);
        first.Peers = ["10.0.0.1:6881", "192.168.1.1:80", "169.254.169.254:80", "127.0.0.1:0", Peer];
        Assert.Equal([Peer], await Walk(first, Long));
    }

    [Fact]
    public async Task A_web_of_nodes_that_name_each_other_is_left_after_a_bounded_number_of_questions()
    {
        var web = Enumerable.Range(1, 100).Select(n => Node((byte)n)).ToList();
        foreach (var node in web) node.Names = [.. web.Where(w => w != node).Take(50)];
        Assert.Empty((await Walk(web[0], Long))!);
        Assert.InRange(web.Sum(n => n.Asked), 8, DhtSearch.QueriesMax);
    }

    private static NodeOptions Options(IReadOnlyList<string> nodes) =>
        new() { DataDirectory = "", DhtNodes = nodes };

    private static Task<IReadOnlyList<string>?> Walk(DhtStub first, TimeSpan within) =>
        new DhtLookup(Options([first.At.ToString()])) { AnswerFor = within }.WalkAsync(InfoHash, Cancellation);

    private DhtStub Node(byte id)
    {
        var node = new DhtStub(id);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node of the DHT that answers as a test wants (BEP 5).</summary>
    private sealed class DhtStub : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly byte[] _id = new byte[20];

        public DhtStub(byte id)
        {
            Array.Fill(_id, id);
            _ = Serve();
        }

        public IPEndPoint At => (IPEndPoint)_socket.Client.LocalEndPoint!;

        public IReadOnlyList<DhtStub> Names { get; set; } = [];

        public IReadOnlyList<string> Peers { get; set; } = [];

        public bool IsSilent { get; set; }

        public bool BendsMark { get; set; }

        public byte[]? Raw { get; set; }

        public int Asked { get; private set; }

        public string LastQuery { get; private set; } = "";

        public void Dispose() => _socket.Dispose();

        private static byte[] Compact(IPEndPoint at)
        {
            var bytes = new byte[6];
            at.Address.GetAddressBytes().CopyTo(bytes, 0);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)at.Port);
            return bytes;
        }

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    var query = await _socket.ReceiveAsync();
                    Asked++;
                    LastQuery = System.Text.Encoding.Latin1.GetString(query.Buffer);
                    if (!IsSilent) await _socket.SendAsync(Raw ?? Answer(query.Buffer), query.RemoteEndPoint);
                }
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        private byte[] Answer(byte[] query)
        {
            Assert.True(Bencode.TryRead(query, out var read));
            var mark = ((BencodeValue.Text)((BencodeValue.Dictionary)read!)["t"]!).Bytes.ToArray();
            if (BendsMark) mark[0] ^= 1;
            var to = new ArrayBufferWriter<byte>();
            Bencode.Mark(to, 'd');
            Bencode.Write(to, "r");
            Bencode.Mark(to, 'd');
            Bencode.Write(to, "id");
            Bencode.Write(to, _id);
            Bencode.Write(to, "nodes");
            Bencode.Write(to, Names.SelectMany(n => n._id.Concat(Compact(n.At))).ToArray());
            if (Peers.Count > 0)
            {
                Bencode.Write(to, "values");
                Bencode.Mark(to, 'l');
                foreach (var peer in Peers) Bencode.Write(to, Compact(IPEndPoint.Parse(peer)));
                Bencode.Mark(to, 'e');
            }

            Bencode.Mark(to, 'e');
            Bencode.Write(to, "t");
            Bencode.Write(to, mark);
            Bencode.Write(to, "y");
            Bencode.Write(to, "r");
            Bencode.Mark(to, 'e');
            return to.WrittenSpan.ToArray();
        }
    }
}
