using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>
/// What every store of hive rows does. <see cref="Settle"/> makes it write what it may keep in memory.
/// </summary>
public abstract class HiveRowsContract : IDisposable
{
    private static readonly NodeId Alice = NodeId.Of("alice"u8);
    private static readonly NodeId Bob = NodeId.Of("bob"u8);
    private static readonly string Ada = new('a', HiveLimits.AgentIdLength);
    private static readonly string Pseudonym = new('q', HiveLimits.PseudonymLength);

    protected abstract IHiveRows Rows { get; }

    /// <summary>Writes and forgets what is cached, where the store caches.</summary>
    protected abstract void Settle();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_item_keeps_every_member(bool settled)
    {
        Rows.Put(new ItemRow(At(3))
        {
            Kind = ItemKind.Comment,
            HasText = true,
            AgentId = Ada,
            Post = At(1),
            Parent = At(2, ulong.MaxValue),
            Hlc = new Hlc(ulong.MaxValue - 1),
            Title = new LastWriterWins(new Hlc(5), 6, new Incarnation(ulong.MaxValue)),
            Url = new LastWriterWins(new Hlc(7), 8, new Incarnation(9)),
            OwnTombstone = true,
            RankTombstones = 2,
            Up = 11,
            Down = 12,
        });
        After(settled);
        var item = Rows.FindItem(At(3))!;
        Assert.Equal((ItemKind.Comment, true, Ada), (item.Kind, item.HasText, item.AgentId));
        Assert.Equal((At(1), At(2, ulong.MaxValue)), (item.Post, item.Parent!.Value));
        Assert.Equal(new Hlc(ulong.MaxValue - 1), item.Hlc);
        Assert.Equal(new LastWriterWins(new Hlc(5), 6, new Incarnation(ulong.MaxValue)), item.Title);
        Assert.False(item.Content.IsSet);
        Assert.Equal(8, item.Url.Seq);
        Assert.Equal((true, 2, 11L, 12L), (item.OwnTombstone, item.RankTombstones, item.Up, item.Down));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_reference_with_a_wrong_id_has_a_row_of_its_own(bool settled)
    {
        Rows.Put(new ItemRow(At(1)) { Kind = ItemKind.Post });
        Rows.AddVotes(At(1, 99), 1, 0);
        After(settled);
        Assert.Equal((ItemKind.Post, 0L), (Rows.FindItem(At(1))!.Kind, Rows.FindItem(At(1))!.Up));
        Assert.Equal((ItemKind.Unknown, 1L), (Rows.FindItem(At(1, 99))!.Kind, Rows.FindItem(At(1, 99))!.Up));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Votes_add_up_before_and_after_the_item_is_read(bool settled)
    {
        Rows.AddVotes(At(1), 2, 1);
        After(settled);
        Rows.AddVotes(At(1), 1, -1);
        var item = Rows.FindItem(At(1))!;
        item.Kind = ItemKind.Post;
        Rows.Put(item);
        Rows.AddVotes(At(1), 10, 0);
        After(settled);
        item = Rows.FindItem(At(1))!;
        Assert.Equal((ItemKind.Post, 13L, 0L), (item.Kind, item.Up, item.Down));
    }

    [Fact]
    public void What_was_not_put_is_not_found()
    {
        Assert.Null(Rows.FindItem(At(1)));
        Assert.Null(Rows.FindItem(At(1)));
        Assert.Null(Rows.FindVote(Alice, Ada, At(1)));
        Assert.Null(Rows.FindTally(Alice, At(1)));
        Assert.Null(Rows.FindMember(Alice, Ada));
        Assert.Null(Rows.FindBan(Alice, Ada));
        Assert.Null(Rows.FindSetting("title"));
        Assert.Null(Rows.FindAct(At(1).Position));
        Assert.Empty(Rows.Edits(At(1)));
        Assert.Empty(Rows.Acts());
        Settle();
        Assert.Null(Rows.FindItem(At(1)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_vote_belongs_to_origin_voter_and_target(bool settled)
    {
        Rows.Put(new VoteRow(Alice, Ada, At(1), 1, Order(1)));
        Rows.Put(new VoteRow(Bob, Ada, At(1), -1, Order(2)));
        Rows.Put(new VoteRow(Alice, Pseudonym, At(1), 0, Order(3)));
        Rows.Put(new VoteRow(Alice, Ada, At(2), -1, Order(4)));
        After(settled);
        Rows.Put(new VoteRow(Alice, Ada, At(2), 1, Order(5)));
        After(settled);
        Assert.Equal(new VoteRow(Alice, Ada, At(1), 1, Order(1)), Rows.FindVote(Alice, Ada, At(1)));
        Assert.Equal(-1, Rows.FindVote(Bob, Ada, At(1))!.Value);
        Assert.Equal(0, Rows.FindVote(Alice, Pseudonym, At(1))!.Value);
        Assert.Equal(Order(5), Rows.FindVote(Alice, Ada, At(2))!.Order);
        Assert.Null(Rows.FindVote(Bob, Pseudonym, At(1)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_edit_of_equal_target_and_position_is_replaced(bool settled)
    {
        Rows.Put(new EditRow(At(1), Order(5), EditFields.Title));
        Rows.Put(new EditRow(At(1), Order(6), EditFields.Content));
        Rows.Put(new EditRow(At(2), Order(7), EditFields.Url));
        After(settled);
        Rows.Put(new EditRow(At(1), Order(5), EditFields.None));
        After(settled);
        Assert.Equal(
            [new EditRow(At(1), Order(5), EditFields.None), new EditRow(At(1), Order(6), EditFields.Content)],
            Rows.Edits(At(1)).OrderBy(edit => edit.Order.Seq));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Registers_are_found_again_and_removed(bool settled)
    {
        var rank = new OwnerFirst(2, new Hlc(9), Bob, 4, new Incarnation(1));
        var last = new Incarnation(ulong.MaxValue);
        var after = new Dictionary<Incarnation, long> { [last] = 7, [new Incarnation(1)] = 0 };
        Rows.Put(new TallyRow(Bob, At(1), 3, 4, Order(1)));
        Rows.Put(new MemberRow(Bob, Ada, true, Order(2)));
        Rows.Put(new BanRow(Alice, Ada, true, after, rank));
        Rows.Put(new SettingRow("title", "Slow cinema ‏", rank));
        After(settled);
        Assert.Equal(new TallyRow(Bob, At(1), 3, 4, Order(1)), Rows.FindTally(Bob, At(1)));
        Assert.Equal(new MemberRow(Bob, Ada, true, Order(2)), Rows.FindMember(Bob, Ada));
        Assert.Equal(new SettingRow("title", "Slow cinema ‏", rank), Rows.FindSetting("title"));
        var ban = Rows.FindBan(Alice, Ada)!;
        Assert.Equal((true, rank), (ban.Banned, ban.Order));
        Assert.Equal(after.OrderBy(chain => chain.Key), ban.After.OrderBy(chain => chain.Key));
        Rows.RemoveBan(Alice, Ada);
        Rows.RemoveSetting("title");
        After(settled);
        Assert.Null(Rows.FindBan(Alice, Ada));
        Assert.Null(Rows.FindSetting("title"));
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    private void After(bool settled)
    {
        if (settled) Settle();
    }

    private static EventRef At(long seq, ulong prefix = 1) => new(new ChainId(Alice, new Incarnation(1)), seq, prefix);

    private static LastWriterWins Order(long seq) => new(new Hlc(1000), seq, new Incarnation(1));
}
