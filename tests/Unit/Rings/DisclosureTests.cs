using System.Net;
using Anarchive.Log;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class DisclosureTests
{
    private static readonly NodeId Recipient = Node(0);

    [Fact]
    public void A_record_travels_on_with_one_hop_less_and_ends_at_none()
    {
        var told = Told(Enumerable.Range(0, 4).Select(ttl => Passed(ttl + 1, ttl)));
        Assert.Equal([0, 1, 2], told.Select(p => p.Ttl).Order());
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(int.MaxValue, false)]
    public void More_hops_than_three_are_refused(int ttl, bool isTtl) => Assert.Equal(isTtl, Disclosure.IsTtl(ttl));

    [Fact]
    public void Only_those_who_share_a_group_with_the_recipient_are_named_and_never_itself() =>
        Assert.Equal(
            [Node(2)],
            Disclosure.To(Recipient, false, [Passed(0, 2), Passed(1, 2), Passed(2, 2)], n => n != Node(1))
                .Select(p => p.Node));

    [Fact]
    public void With_this_nodes_own_record_64_go_out_at_once() =>
        Assert.Equal(63, Told(Enumerable.Range(1, 500).Select(i => Passed(i, 2))).Count);

    [Fact]
    public void Who_had_no_room_in_one_heartbeat_is_named_in_the_next()
    {
        var known = Enumerable.Range(1, 150).Select(i => Passed(i, 2)).OrderBy(p => p.Node).ToList();
        var named = new List<NodeId>();
        for (var beat = 0; beat < 3; beat++)
        {
            NodeId? last = named.Count > 0 ? named[^1] : null;
            named.AddRange(Disclosure.To(Recipient, false, known, _ => true, last).Select(p => p.Node));
        }

        Assert.Equal(3 * 63, named.Count);
        Assert.Equal(known.Select(p => p.Node), named.Take(150));
        // Then all over again, and each once at most in one message.
        Assert.Equal(known.Select(p => p.Node).Take(39), named.Skip(150));
    }

    [Fact]
    public void Addresses_of_this_machine_and_its_network_are_told_to_nobody_outside()
    {
        Passed[] known =
        [
            Passed(1, 2, "http://127.0.0.1:20000"), Passed(2, 2, "https://192.168.1.7:7421"),
            Passed(3, 2, "https://[::1]:7421"), Passed(4, 2, "https://1.1.1.1:7421"),
        ];
        Assert.Equal([Node(4)], Told(known).Select(p => p.Node));
        Assert.Equal(
            new[] { Node(1), Node(3), Node(4) }.Order(),
            Disclosure.To(Recipient, isOnThisMachine: true, known, _ => true).Select(p => p.Node).Order());
    }

    [Theory]
    [InlineData("friends", false)]
    [InlineData("network", false)]
    [InlineData("members", true)]
    [InlineData("fleet", true)]
    public void Friends_are_not_introduced_to_one_another(string ring, bool introduces) =>
        Assert.Equal(introduces, Disclosure.Introduces(ring));

    [Theory]
    [InlineData("https://1.1.1.1:7421", true, true)]
    [InlineData("https://example.org:7421", true, true)]
    [InlineData("http://1.1.1.1:7421", false, false)]
    [InlineData("http://example.org:7421", false, false)]
    [InlineData("https://10.0.0.1:7421", false, false)]
    [InlineData("https://[fd00::1]:7421", false, false)]
    [InlineData("https://169.254.169.254:80", false, false)]
    [InlineData("http://127.0.0.1:7421", false, true)]
    [InlineData("https://127.0.0.1:7421", false, true)]
    [InlineData("http://localhost:7421", false, true)]
    [InlineData("http://[::1]:7421", false, true)]
    public void The_word_of_others_leads_outside_or_within_this_machine(string url, bool outside, bool within)
    {
        Assert.Equal(outside, Disclosure.MayLead(Endpoint.TryParse(url)!, bothOnThisMachine: false));
        Assert.Equal(within, Disclosure.MayLead(Endpoint.TryParse(url)!, bothOnThisMachine: true));
    }

    [Theory]
    [InlineData("https://192.168.1.7:7421", "192.168.1.7", true)]
    [InlineData("https://192.168.1.7:7421", "192.168.1.8", false)]
    [InlineData("https://192.168.1.7:7421", null, false)]
    [InlineData("http://192.168.1.7:7421", "192.168.1.7", false)]
    [InlineData("https://[fd00::1]:7421", "fd00::1", true)]
    [InlineData("https://127.0.0.1:7421", "192.168.1.7", false)]
    [InlineData("http://127.0.0.1:7421", "127.0.0.1", true)]
    [InlineData("https://1.1.1.1:7421", "192.168.1.7", true)]
    [InlineData("https://1.1.1.1:7421", null, true)]
    public void Of_itself_a_peer_may_also_name_the_address_it_calls_from(string url, string? from, bool may) =>
        Assert.Equal(
            may,
            Disclosure.MayLeadItself(Endpoint.TryParse(url)!, from is null ? null : IPAddress.Parse(from)));

    private static List<Passed> Told(IEnumerable<Passed> known) =>
        [.. Disclosure.To(Recipient, isOnThisMachine: false, known, _ => true)];

    private static Passed Passed(int node, int ttl, string url = "https://1.1.1.1:7421") =>
        new(Node(node), Endpoint.TryParse(url)!, default, ttl);

    private static NodeId Node(int i) => new(Hash256.Sha256(BitConverter.GetBytes(i)));
}
