using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HubNodeTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly FakeVerifier Verifier = new();
    private static readonly FakeSigner Signer = new(1);
    private static readonly NodeId Node = Signer.PublicKey.AsNodeId();
    private static readonly HubRegistration Said = new(
        Node.ToString(), [Statement(Signer)], Record(Signer), [Group(1).ToString()], [new HubSwarm("agents", 3)],
        ["events"], "ahk1-not-kept");

    [Theory]
    [InlineData("admitted", true)]
    [InlineData("waiting", true)]
    [InlineData("left", false)]
    [InlineData("admitted ", false)]
    [InlineData("", false)]
    public void A_registration_has_two_answers(string state, bool isOne) =>
        Assert.Equal(isOne, new HubStanding(state).AnswersRegistration);

    [Fact]
    public void A_registration_reads_and_its_key_is_not_kept()
    {
        var node = HubNode.TryRead(Said, Now, Verifier)!;
        Assert.Equal((Node, Signer.PublicKey, false), (node.Id, node.Key, node.IsAdmitted));
        Assert.Null(node.Said.PreauthKey);
        Assert.NotNull(HubNode.TryRead(Said with { Record = null }, Now, Verifier));
    }

    [Fact]
    public void What_is_not_well_formed_or_anothers_is_refused()
    {
        var other = new FakeSigner(2);
        HubRegistration[] wrong =
        [
            Said with { InstanceId = other.PublicKey.AsNodeId().ToString() },
            Said with { Keys = [] },
            Said with { Keys = [Statement(Signer), Statement(Signer)] },
            Said with { Record = Record(other) },
            Said with { Record = "" },
            Said with { Record = Said.Record![..^2] },
            Said with { Groups = ["ag1"] },
            Said with { Groups = [.. Enumerable.Range(0, 257).Select(i => Group(i).ToString())] },
            Said with { Swarms = [new HubSwarm("", 1)] },
            Said with { Swarms = [new HubSwarm("agents", -1)] },
            Said with { Swarms = [.. Enumerable.Repeat(new HubSwarm("agents", 1), 17)] },
            Said with { Capabilities = ["\u001b[2J"] },
            Said with { Capabilities = [new string('a', 65)] },
            Said with { Capabilities = [.. Enumerable.Repeat("events", 17)] },
        ];
        Assert.All(wrong, said => Assert.Null(HubNode.TryRead(said, Now, Verifier)));
    }

    [Fact]
    public void A_record_that_expired_is_none() =>
        Assert.Null(HubNode.TryRead(Said, Now + 2 * PeerRecord.LifetimeMs, Verifier));

    [Fact]
    public void A_node_is_stale_after_five_silent_minutes()
    {
        var node = HubNode.TryRead(Said, Now, Verifier)!;
        Assert.False(node.IsStale(Now + 300_000));
        Assert.True(node.IsStale(Now + 300_001));
    }

    [Fact]
    public void Nodes_share_what_both_named()
    {
        var node = HubNode.TryRead(Said, Now, Verifier)!;
        Assert.True(node.SharesGroupWith(node with { Groups = [Group(2), Group(1)] }));
        Assert.False(node.SharesGroupWith(node with { Groups = [Group(2)] }));
        Assert.False(node.SharesGroupWith(node with { Groups = [] }));
    }

    [Fact]
    public void A_node_joins_a_group_once_and_as_many_as_a_registration_may_name()
    {
        var node = HubNode.TryRead(Said, Now, Verifier)!;
        var two = node.Joining(Group(2))!;
        Assert.Equal([Group(1), Group(2)], two.Groups);
        Assert.Equal([Group(1).ToString(), Group(2).ToString()], two.Said.Groups);
        Assert.Same(two, two.Joining(Group(1)));
        Assert.Same(two, two.Leaving(Group(3)));
        Assert.Equal([Group(2).ToString()], two.Leaving(Group(1)).Said.Groups);
        var all = Enumerable.Range(1, 256).Aggregate(node, (n, i) => n.Joining(Group(i))!);
        Assert.Equal(256, all.Groups.Count);
        Assert.Null(all.Joining(Group(257)));
        Assert.Same(all, all.Joining(Group(256)));
    }

    [Theory]
    [InlineData("https://hub.example:7421#{0}", true)]
    [InlineData("http://127.0.0.1:7420#{0}", true)]
    [InlineData("https://hub.example:7421#{0}/{1}", true)]
    [InlineData("https://hub.example:7421", false)]
    [InlineData("https://hub.example#{0}", false)]
    [InlineData("http://hub.example:7421#{0}", false)]
    [InlineData("https://hub.example:7421#an1", false)]
    [InlineData("https://hub.example:7421#{0}/", false)]
    [InlineData("https://hub.example:7421#{0}/ahk1", false)]
    [InlineData("https://hub.example:7421#{0}/{1}/{1}", false)]
    [InlineData("https://hub.example:7421#{0}#{0}", false)]
    public void A_hubs_address_pins_its_id(string form, bool reads)
    {
        var (_, key) = PreauthKey.Make(isReusable: false, expiresMs: 0);
        var address = HubAddress.TryParse(string.Format(null, form, Node, key));
        Assert.Equal(reads, address is not null);
        Assert.DoesNotContain(key, $"{address}", StringComparison.Ordinal);
    }

    private static KeyStatement Statement(FakeSigner signer)
    {
        var key = signer.PublicKey;
        var signature = signer.Sign(KeyChain.SignedBytes(key.AsNodeId(), key, default, default));
        var none = Base64UrlText.Encode(new byte[32]);
        return new KeyStatement(
            Base64UrlText.Encode(signer.PublicKey.Value.ToArray()), none, none, Base64UrlText.Encode(signature));
    }

    private static string Record(FakeSigner signer) => Base64UrlText.Encode(PeerRecord.Sign(
        Endpoint.TryParse("https://1.1.1.1:7421")!, Now + PeerRecord.LifetimeMs, signer).Bytes.Span);

    private static GroupId Group(int i) => new(Hash256.Sha256(BitConverter.GetBytes(i)));
}
