using System.Text.RegularExpressions;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed partial class KindTests
{
    [Fact]
    public void Every_kind_has_a_fold()
    {
        var log = new HiveLog();
        var (owner, alice) = (log.Owner, log.Node("alice"));
        var (post, comment) = (owner.Post(), owner.Comment(owner.Post().Ref));
        var start = log.Events.ToArray();
        VerifiedEvent[] examples =
        [
            owner.Post(),
            owner.EditPost(post.Ref, title: "Edited"),
            owner.DeletePost(post.Ref),
            owner.Comment(post.Ref),
            owner.Write(new CommentUpdated(owner.Agent(), "Edited"), comment.Ref),
            owner.Write(new CommentDeleted(owner.Agent()), comment.Ref),
            alice.Vote(post.Ref, 1),
            owner.Set("title", "Cats"),
            owner.Membership("join", owner.Subject()),
        ];
        foreach (var e in examples)
            Assert.True(Moves(start, e), $"{e.Header.Kind} is declared, but folding one changes nothing.");

        // A mode of its own, because another mode's form is inert.
        var tallied = new HiveLog(VotePrivacy.Tally);
        var tally = tallied.Owner.Write(new VoteTallied(1, 0), tallied.Genesis.Ref);
        Assert.True(Moves([tallied.Genesis], tally));

        Assert.Equal(HivesApp.Kinds, examples.Append(tally).Select(e => e.Header.Kind).ToHashSet());
    }

    [Fact]
    public void Every_kind_of_authority_moves_the_authority_or_a_key()
    {
        var log = new HiveLog();
        var (owner, alice) = (log.Owner, log.Node("alice"));
        var node = alice.Node.ToString();
        var inception = Convert.ToBase64String(new byte[32]).TrimEnd('=');
        VerifiedEvent[] examples =
        [
            log.Genesis,
            owner.Write("node_admitted", EngineKinds.Write(new NodeAdmitted(node, inception))),
            owner.Write("node_removed", EngineKinds.Write(new NodeRemoved(node, []))),
            owner.Moderator("add", alice.Subject()),
            owner.Write("incarnation_endorsed", EngineKinds.Write(new IncarnationEndorsed(node, new('0', 16), []))),
            owner.Write("heirs_named", EngineKinds.Write(new HeirsNamed([node], 1))),
            owner.Write("owner_transferred", EngineKinds.Write(new OwnerTransferred(node, [], [], [], ""))),
            owner.Write("succession_proposed", EngineKinds.Write(new SuccessionProposed(0))),
            owner.Write("succession_vetoed", EngineKinds.Write(new SuccessionVetoed())),
            owner.Write("succession_endorsed", EngineKinds.Write(new SuccessionEndorsed("a", []))),
            owner.Write("owner_succeeded", EngineKinds.Write(new OwnerSucceeded([], []))),
            owner.Write("edition_published", EngineKinds.Write(new EditionPublished("", "", [], ""))),
        ];
        var authority = new Authority();
        foreach (var e in examples)
        {
            var before = authority.Version;
            authority.Apply(e);
            Assert.True(authority.Version > before, $"{e.Header.Kind} is declared, but changes no authority.");
        }

        // A first chain ends no other, a rotation within one is its key chain's concern, and what is said of an edition
        // moves nothing else; other tests fold these.
        Assert.Equal(
            [
                EngineKinds.ChainOpened.Name, EngineKinds.EditionCountersigned.Name, EngineKinds.KeyRecovered.Name,
                EngineKinds.KeyRotated.Name,
            ],
            EngineKinds.OfAuthority.Except(examples.Select(e => e.Header.Kind)).Select(kind => kind.Name).Order());
    }

    [Fact]
    public void Every_kind_is_documented_with_the_fold_that_reads_it()
    {
        var rows = Row().Matches(Checkout.Read("docs/events.md")).ToDictionary(
            row => row.Groups[1].Value, row => row.Groups[2].Value.Split(", "), StringComparer.Ordinal);

        var kinds = HivesApp.Kinds.Concat(EngineKinds.OfAuthority);
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), rows.Keys.Order());
        var folds = typeof(HiveFold).Assembly.GetTypes().Concat(typeof(Authority).Assembly.GetTypes())
            .Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(rows.Values.SelectMany(names => names), name => Assert.Contains(name, folds));
    }

    [Fact]
    public void Every_kind_of_a_part_is_documented()
    {
        var page = Checkout.Read("docs/events.md");
        Assert.All(NetApp.Kinds, kind => Assert.Contains($"`{kind.Name}`", page));
    }

    [Fact]
    public void No_two_applications_claim_a_kind() =>
        Assert.Empty(HivesApp.Kinds.Intersect(EngineKinds.OfAuthority)
            .Concat(NetApp.Kinds.Intersect(EngineKinds.OfAuthority)).Concat(NetApp.Kinds.Intersect(HivesApp.Kinds)));

    private static bool Moves(IReadOnlyList<VerifiedEvent> start, VerifiedEvent e) =>
        FoldedHive.Of(start).Digest != FoldedHive.Of([.. start, e]).Digest;

    [GeneratedRegex(@"^\| `([a-z_]+)` \| ([A-Za-z, ]+) \| [^|`]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
