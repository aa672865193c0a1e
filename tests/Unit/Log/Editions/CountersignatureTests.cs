using Anarchive.Log;
using Anarchive.Tests.Unit;
using Xunit;

namespace Anarchive.Tests;

/// <summary>Which countersignatures of an edition count, in whatever order they come.</summary>
public sealed class CountersignatureTests
{
    private const ulong Day = 24UL * 3600 * 1000 << 16;

    private static readonly Hash256 Root = Hash256.Sha256("root"u8);
    private static readonly Hash256 OtherRoot = Hash256.Sha256("another"u8);
    private static readonly Hash256 File = Hash256.Sha256("file"u8);

    private readonly HiveLog _log = new();
    private readonly HiveWriter _alice;
    private readonly HiveWriter _bob;

    public CountersignatureTests()
    {
        (_alice, _bob) = (_log.Node("alice"), _log.Node("bob"));
        Admit(_alice);
        Admit(_bob);
    }

    private HiveWriter Owner => _log.Owner;

    [Fact]
    public void Members_who_came_to_its_state_count_once_each()
    {
        var edition = Publish(Owner);
        Countersign(_alice, Root, edition.Ref);
        Countersign(_alice, Root, edition.Ref);
        Assert.Equal([_alice.Node], CountersignedBy());
        Countersign(_bob, Root, edition.Ref);
        Assert.Equal(new[] { _alice.Node, _bob.Node }.Order(), CountersignedBy());
        var found = Fold(_log.Events).FindEdition(File)!;
        Assert.Equal((edition.Ref, Owner.Node, Root), (found.Ref, found.Owner, found.StateRoot));
        Assert.Null(Fold(_log.Events).FindEdition(OtherRoot));
    }

    [Fact]
    public void One_for_another_root_does_not_count()
    {
        var edition = Publish(Owner);
        Countersign(_alice, OtherRoot, edition.Ref);
        foreach (var text in new[] { "", "=", Base64UrlText.Encode(new byte[31]), Text(Root) + "A" })
            _alice.Write("edition_countersigned", EngineKinds.Write(new EditionCountersigned(text)), edition.Ref);
        Assert.Empty(CountersignedBy());
    }

    [Fact]
    public void One_by_a_stranger_or_by_its_own_maker_does_not_count()
    {
        var edition = Publish(Owner);
        Countersign(_log.Node("stranger"), Root, edition.Ref);
        Countersign(Owner, Root, edition.Ref);
        Assert.Empty(CountersignedBy());
    }

    [Fact]
    public void One_by_a_member_that_was_removed_does_not_count_before_or_after()
    {
        var edition = Publish(Owner);
        Countersign(_alice, Root, edition.Ref);
        Remove(_alice);
        Countersign(_alice.Later(2 * Day), Root, edition.Ref);
        Assert.Empty(CountersignedBy());
    }

    [Fact]
    public void One_for_no_edition_that_is_known_does_not_count()
    {
        var post = Owner.Post();
        var edition = Publish(Owner);
        var foreign = Publish(_bob);
        Countersign(_alice, Root, post.Ref);
        Countersign(_alice, Root, foreign.Ref);
        Countersign(_alice, Root, edition.Ref with { IdPrefix = edition.Ref.IdPrefix ^ 1 });
        Countersign(_alice, Root, edition.Ref with { Seq = edition.Ref.Seq + 100 });
        Countersign(_alice, Root);
        Countersign(_alice, Root, edition.Ref, edition.Ref);
        Assert.Empty(CountersignedBy());
        Assert.Equal(edition.Ref, Fold(_log.Events).NewestEdition()!.Ref);
    }

    [Fact]
    public void One_on_a_chain_that_forked_before_it_does_not_count()
    {
        var edition = Publish(Owner);
        _alice.Post();
        var countersigned = Countersign(_alice, Root, edition.Ref);
        var authority = Fold(_log.Events);
        authority.Fork(_alice.Chain, countersigned.Header.Seq, null);
        Assert.Empty(authority.NewestEdition()!.CountersignedBy);
        authority = Fold(_log.Events);
        authority.Fork(_alice.Chain, countersigned.Header.Seq + 1, null);
        Assert.Equal([_alice.Node], authority.NewestEdition()!.CountersignedBy);
    }

    [Fact]
    public void They_are_of_the_edition_they_cite_and_of_no_later_one()
    {
        Countersign(_alice, Root, Publish(Owner).Ref);
        Publish(Owner.Later(Day));
        Assert.Empty(CountersignedBy());
    }

    [Fact]
    public void An_edition_whose_root_does_not_read_has_none()
    {
        var edition = Owner.Write(
            "edition_published", EngineKinds.Write(new EditionPublished(Text(File), "", [], "")));
        Countersign(_alice, Root, edition.Ref);
        Assert.Null(Fold(_log.Events).NewestEdition());
    }

    [Fact]
    public void Every_order_gives_one_count_and_moves_nothing_else()
    {
        var edition = Publish(Owner);
        Countersign(_alice, Root, edition.Ref);
        Countersign(_bob, OtherRoot, edition.Ref);
        Countersign(_bob, Root, edition.Ref);
        Countersign(_log.Node("carol"), Root, edition.Ref);
        Countersign(_alice, OtherRoot, edition.Ref);
        var without = Fold(_log.Events.Where(e => e.Content is not EditionCountersigned));
        var counts = new HashSet<string>();
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var events = _log.Events.Concat(_log.Events.Take(round % 3)).ToArray();
            random.Shuffle(events);
            var authority = Fold(events);
            counts.Add(string.Join(',', authority.NewestEdition()!.CountersignedBy));
            Assert.Equal(without.Members().Order(), authority.Members().Order());
        }

        Assert.Equal(string.Join(',', new[] { _alice.Node, _bob.Node }.Order()), Assert.Single(counts));
        Assert.Equal(without.Version, Fold(_log.Events).Version);
    }

    private IReadOnlyList<NodeId> CountersignedBy() => Fold(_log.Events).NewestEdition()!.CountersignedBy;

    private static VerifiedEvent Publish(HiveWriter by) => by.Write(
        "edition_published", EngineKinds.Write(new EditionPublished(Text(File), Text(Root), [], "")));

    private static VerifiedEvent Countersign(HiveWriter by, Hash256 root, params IReadOnlyList<EventRef> refs) =>
        by.Write("edition_countersigned", EngineKinds.Write(new EditionCountersigned(Text(root))), refs);

    private static string Text(Hash256 hash) => Base64UrlText.Encode(hash.ToArray());

    private static Authority Fold(IEnumerable<VerifiedEvent> events)
    {
        var authority = new Authority();
        foreach (var e in events) authority.Apply(e);
        return authority;
    }

    private void Admit(HiveWriter node) => Owner.Write(
        "node_admitted",
        EngineKinds.Write(new NodeAdmitted(node.Node.ToString(), Base64UrlText.Encode(new byte[32]))));

    private void Remove(HiveWriter node) => Owner.Later(Day).Write(
        "node_removed", EngineKinds.Write(new NodeRemoved(node.Node.ToString(), [node.After(node.Seq)])));
}
