using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HiveStateDigestTests
{
    private static readonly NodeId Node = NodeId.Of("a node"u8);
    private static readonly EventRef Key = new(new ChainId(Node, new Incarnation(1)), 1, 1);
    private static readonly LastWriterWins Order = new(new Hlc(5), 2, new Incarnation(1));
    private static readonly OwnerFirst Ranked = new(2, new Hlc(5), Node, 2, new Incarnation(1));

    public static TheoryData<string> Differences => new(Changed.Keys);

    private static readonly Dictionary<string, Action<MemoryHiveRows>> Changed = new(StringComparer.Ordinal)
    {
        ["kind"] = rows => rows.FindItem(Key)!.Kind = ItemKind.Post,
        ["author"] = rows => rows.FindItem(Key)!.AgentId = "bbbbbbbbbbbbbbbb",
        ["text"] = rows => rows.FindItem(Key)!.HasText = false,
        ["clock"] = rows => rows.FindItem(Key)!.Hlc = new Hlc(9),
        ["post"] = rows => rows.FindItem(Key)!.Post = Key with { Seq = 9 },
        ["parent"] = rows => rows.FindItem(Key)!.Parent = Key with { Seq = 9 },
        ["title"] = rows => rows.FindItem(Key)!.Title = Order,
        ["content"] = rows => rows.FindItem(Key)!.Content = Order,
        ["url"] = rows => rows.FindItem(Key)!.Url = Order,
        ["tombstone"] = rows => rows.FindItem(Key)!.OwnTombstone = true,
        ["up"] = rows => rows.FindItem(Key)!.Up = 1,
        ["down"] = rows => rows.FindItem(Key)!.Down = 1,
        ["vote"] = rows => rows.Put(new VoteRow(Node, "a", Key, 0, Order)),
        ["voter"] = rows => rows.Put(new VoteRow(Node, "b", Key, 0, Order)),
        ["tally"] = rows => rows.Put(new TallyRow(Node, Key, 0, 0, Order)),
        ["member"] = rows => rows.Put(new MemberRow(Node, "a", false, Order)),
        ["member who joined"] = rows => rows.Put(new MemberRow(Node, "a", true, Order)),
        ["ban"] = rows => rows.Put(new BanRow(Node, "a", true, new Dictionary<Incarnation, long>(), Ranked)),
        ["ban after"] = rows => rows.Put(new BanRow(
            Node, "a", true, new Dictionary<Incarnation, long> { [new Incarnation(1)] = 3 }, Ranked)),
        ["unban"] = rows => rows.Put(new BanRow(Node, "a", false, new Dictionary<Incarnation, long>(), Ranked)),
        ["setting"] = rows => rows.Put(new SettingRow("a", "b", Ranked)),
        ["setting split elsewhere"] = rows => rows.Put(new SettingRow("ab", "", Ranked)),
        ["long setting"] = rows => rows.Put(new SettingRow("a", new string('é', 20_000), Ranked)),
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Every_part_of_the_state_moves_the_digest(string what)
    {
        var others = Changed.Where(change => change.Key != what).Select(change => Digest(change.Value)).ToHashSet();
        Assert.Equal(Changed.Count - 1, others.Count);
        Assert.DoesNotContain(Digest(_ => { }), others);
        Assert.DoesNotContain(Digest(Changed[what]), others);
    }

    [Fact]
    public void Who_deleted_an_item_does_not_matter() =>
        Assert.Equal(Digest(Changed["tombstone"]), Digest(rows => rows.FindItem(Key)!.RankTombstones = 2));

    [Fact]
    public void A_row_that_says_nothing_is_not_counted()
    {
        var rows = new MemoryHiveRows();
        var empty = rows.Digest();
        rows.Put(new ItemRow(Key));

        Assert.Equal(empty, rows.Digest());
    }

    [Fact]
    public void Rows_out_of_order_are_our_own_mistake()
    {
        using var digest = new HiveStateDigest();
        digest.AddItem(new ItemRow(Key));
        Assert.Throws<InvalidOperationException>(() => digest.AddItem(new ItemRow(Key)));
        digest.AddSetting(new SettingRow("a", "b", Ranked));
        Assert.Throws<InvalidOperationException>(() => digest.AddVote(new VoteRow(Node, "a", Key, 0, Order)));
    }

    [Fact]
    public void The_format_is_pinned()
    {
        // The vector of docs/events.md: an empty hive, and one setting.
        Assert.Equal(Empty, new MemoryHiveRows().Digest().ToString());
        var rows = new MemoryHiveRows();
        rows.Put(new SettingRow("title", "Cats", new OwnerFirst(2, new Hlc(1), default, 1, new Incarnation(1))));
        Assert.Equal(OneSetting, rows.Digest().ToString());
    }

    private const string Empty = "201e0807409267259de9f4cddc045aca566f699e14ea209605bfbbf30f34391d";
    private const string OneSetting = "936f9b0f9fc2677cba5b9930bad9d7684a3521743b7dba8ad66bffc24c3aa003";

    private static Hash256 Digest(Action<MemoryHiveRows> change)
    {
        var rows = new MemoryHiveRows();
        rows.Put(new ItemRow(Key)
        {
            Kind = ItemKind.Comment,
            HasText = true,
            AgentId = "aaaaaaaaaaaaaaaa",
            Post = Key with { Seq = 2 },
        });
        change(rows);
        return rows.Digest();
    }
}
