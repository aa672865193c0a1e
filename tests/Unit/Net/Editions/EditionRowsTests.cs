using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Rows of editions: equal facts are equal bytes, and only such bytes are read.</summary>
public sealed class EditionRowsTests
{
    private readonly EditionWorld _world = new();

    [Fact]
    public void A_row_is_the_payload_and_its_order()
    {
        _world.Add(EditionWorld.Marker(), hlc: 77);
        Assert.Equal(
            """
            {"part":"intro-markers","v":1,"key":["osh:8e245d9679d31e12:734003200"],"method":"chromaprint",
            "tool":"anarchive","conf":92,"at":498000,"type":"intro","n":0,"start_ms":67700,"end_ms":158200,
            "duration_ms":1420100,"lww":[77,0,2]}
            """.ReplaceLineEndings(""),
            Assert.Single(_world.Texts()));
    }

    [Fact]
    public void Events_in_whatever_order_they_came_make_equal_bytes() => ForAll(world =>
    {
        var shuffled = EditionRows.Fleet("intro-markers", world.Cut, world.Shuffled());
        return shuffled.Select(Convert.ToHexString).SequenceEqual(world.Rows().Select(Convert.ToHexString));
    });

    [Fact]
    public void Rows_are_sorted_distinct_and_read_back_as_they_were_written() => ForAll(world =>
    {
        var rules = RowRules.Of(EditionWorld.Manifest(cut: [.. world.Cut]));
        var rows = world.Rows();
        return rows.All(r => EditionReader.TryRead(rules, r) is not null)
            && rows.Zip(rows.Skip(1)).All(p => p.First.AsSpan().SequenceCompareTo(p.Second) < 0);
    });

    [Fact]
    public void Rows_and_later_events_come_to_what_all_events_say() => ForAll(world =>
    {
        // The rows as of half of the events, read and offered to a register with what came later.
        var early = world.Sources.Take(20).ToArray();
        var cut = world.Cut;
        var rules = RowRules.Of(EditionWorld.Manifest(cut: [.. cut]));
        var replayed = Standing(EditionRows.Fleet("intro-markers", cut, world.Sources), rules);
        var snapshot = EditionRows.Fleet("intro-markers", cut, early);
        var tail = world.Sources.Skip(20).Select(s => s.Position).ToHashSet();
        var all = EditionRows.Fleet("intro-markers", cut, world.Sources);
        // Of the later events' own rows: those whose place is in the tail.
        var later = all.Where(r => EditionReader.TryReadPlace(r, out var order, out _)
            && tail.Contains(new(EditionRules.ChainOf(cut[order.Place.Cut])!.Value, order.Place.Seq)));
        return Standing([.. snapshot, .. later], rules).SetEquals(replayed);
    });

    [Fact]
    public void What_was_taken_back_leaves_a_tombstone()
    {
        var first = _world.Add(EditionWorld.Marker());
        _world.Add(EditionWorld.Marker(start: 100));
        _world.Retract(first);
        var texts = _world.Texts();
        Assert.Equal(2, texts.Count);
        Assert.Contains("""{"part":"intro-markers","v":1,"target":[0,2],"lww":[4,0,4]}""", texts);
        Assert.DoesNotContain(texts, t => t.Contains("67700", StringComparison.Ordinal));
        var tombstone = EditionReader.TryRead(Rules(), EditionWorld.Utf8(texts[1]))!;
        Assert.IsType<ObservationRetracted>(tombstone.Content);
        Assert.Equal(new RowPlace(0, 2), tombstone.Target);
        Assert.Equal(new RowOrder(new Hlc(4), new RowPlace(0, 4)), tombstone.Order);
    }

    [Fact]
    public void A_device_may_take_back_what_another_said()
    {
        var first = _world.Add(EditionWorld.Marker(), device: 1);
        _world.Retract(first, device: 2);
        Assert.Single(_world.Texts(), t => t.Contains("target", StringComparison.Ordinal));
    }

    [Fact]
    public void A_retraction_of_another_event_takes_nothing_back()
    {
        var first = _world.Add(EditionWorld.Marker());
        _world.Add(
            EditionWorld.Retraction(), "observation_retracted",
            target: new EventRef(first.Chain, first.Seq, first.Id.Prefix + 1));
        Assert.Single(_world.Texts(), t => t.Contains("67700", StringComparison.Ordinal));
        Assert.Single(_world.Texts());
    }

    [Fact]
    public void Imports_other_parts_broken_payloads_and_what_lies_beyond_the_cut_are_left_out()
    {
        var kept = _world.Add(EditionWorld.Marker());
        _world.Add(EditionWorld.Marker("import"));
        _world.Retract(_world.Sources[^1]);
        _world.Add(EditionWorld.Utf8(
            """
            {"part":"peers-hints","v":1,"key":["bt1:0123456789abcdef0123456789abcdef01234567/0"],"method":"probe",
            "tool":"t","conf":100,"at":1,"state":"dead","seeders":"0","ttl_h":1}
            """), "hint_observed");
        _world.Add([.. EditionWorld.Marker(), (byte)' ']);
        _world.Add(EditionWorld.Retraction("grouping"), "observation_retracted",
            target: new EventRef(kept.Chain, kept.Seq, kept.Id.Prefix));
        var cut = _world.Cut;
        _world.Add(EditionWorld.Marker(start: 300));
        _world.Add(EditionWorld.Marker(start: 500), device: 1);
        var row = Assert.Single(EditionRows.Fleet("intro-markers", cut, _world.Sources));
        Assert.Contains("67700", Encoding.UTF8.GetString(row), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_events_at_one_place_are_a_mistake_of_the_caller()
    {
        var source = _world.Add(EditionWorld.Marker());
        var other = source with { Id = new EventId(Hash256.Sha256("other"u8)) };
        Assert.Throws<ArgumentException>(
            () => EditionRows.Fleet("intro-markers", _world.Cut, [source, other]));
    }

    [Theory]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[02,0,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2, 0,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,0]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,0,2,0]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[-2,0,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,1,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,0,3]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,0,0]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,4294967296,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[9223372036854775808,0,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[1e0,0,2]")]
    [InlineData("\"lww\":[2,0,2]", "\"lww\":[2,0,2],\"x\":1")]
    [InlineData("\"lww\":[2,0,2]", "\"target\":[0,2],\"lww\":[2,0,2]")]
    [InlineData(",\"lww\":[2,0,2]", "")]
    [InlineData("\"lww\":[2,0,2]}", "\"lww\":[2,0,2]} ")]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("\"v\":1", "\"v\": 1")]
    [InlineData("67700", "67701")]
    [InlineData("chromaprint", "import")]
    [InlineData("\"n\":0,", "\"n\":0,\"title\":\"Pilot\",")]
    [InlineData("anarchive", "/home/ada/Pilot.mkv")]
    public void A_row_in_any_other_spelling_is_refused(string from, string to)
    {
        _world.Add(EditionWorld.Marker());
        var text = Assert.Single(_world.Texts());
        Assert.NotNull(EditionReader.TryRead(Rules(), EditionWorld.Utf8(text)));
        Assert.Contains(from, text, StringComparison.Ordinal);
        Assert.Null(EditionReader.TryRead(Rules(), EditionWorld.Utf8(text.Replace(from, to))));
    }

    [Theory]
    [InlineData("\"target\":[0,2]", "\"target\":[0,3]")]
    [InlineData("\"target\":[0,2]", "\"target\":[1,2]")]
    [InlineData("\"target\":[0,2]", "\"target\":[0,4]")]
    [InlineData("\"target\":[0,2]", "\"target\":[0]")]
    [InlineData("\"target\":[0,2]", "\"target\":[0,2],\"target\":[0,2]")]
    [InlineData("intro-markers", "grouping")]
    public void A_tombstone_that_names_nothing_in_the_cut_is_refused(string from, string to)
    {
        _world.Retract(_world.Add(EditionWorld.Marker()));
        var text = Assert.Single(_world.Texts());
        Assert.NotNull(EditionReader.TryRead(Rules(), EditionWorld.Utf8(text)));
        Assert.Null(EditionReader.TryRead(Rules(), EditionWorld.Utf8(text.Replace(from, to))));
    }

    [Fact]
    public void Quotes_within_a_text_are_not_taken_for_an_order()
    {
        _world.Add(EditionWorld.Marker(tool: """\u0022,\u0022lww\u0022:[1"""));
        var row = EditionReader.TryRead(Rules(), Assert.Single(_world.Rows()));
        Assert.Equal("\",\"lww\":[1", Assert.IsType<MarkerObserved>(row!.Content).Tool);
    }

    [Fact]
    public void A_row_votes_with_the_order_of_its_event()
    {
        _world.Add(EditionWorld.Marker(), device: 0, hlc: 9);
        _world.Add(EditionWorld.Marker(start: 100), device: 1, hlc: 10);
        var cut = _world.Cut;
        var rows = _world.Rows().Select(r => EditionReader.TryRead(Rules(), r)!).ToArray();
        var newest = rows.MaxBy(r => r.Vote(cut))!;
        Assert.Equal(100, Assert.IsType<MarkerObserved>(newest.Content).StartMs);
        Assert.Equal([EditionWorld.Osh], newest.Keys);
    }

    [Fact]
    public void Totals_below_K_or_told_twice_are_refused()
    {
        var five = new SignalRow("work:mal:1/1/1", SignalMetric.Kept, "2026-W07", 5);
        Assert.Equal(
            """{"key":"work:mal:1/1/1","metric":"kept","week":"2026-W07","n":5}""",
            Encoding.UTF8.GetString(Assert.Single(EditionRows.Totals("signal", 5, [five, five]))));
        Assert.Throws<ArgumentException>(() => EditionRows.Totals("signal", 5, [five with { N = 4 }]));
        Assert.Throws<ArgumentException>(() => EditionRows.Totals("signal", 10, [five]));
        Assert.Throws<ArgumentException>(() => EditionRows.Totals("signal", 5, [five, five with { N = 10 }]));
        Assert.Throws<ArgumentException>(() => EditionRows.Totals("peers-hints", 5, [five]));
    }

    [Theory]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W07","n":100}""", true)]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W07","n":4}""", false)]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W07","n":7}""", false)]
    [InlineData("""{"key":"bt2:K","state":"gone","week":"2026-W07","n":5}""", false)]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W54","n":5}""", false)]
    [InlineData("""{"key":"work:mal:1","state":"dead","week":"2026-W07","n":5}""", false)]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W07","n":5,"lww":[1,0,1]}""", false)]
    [InlineData("""{"key":"bt2:K","state":"dead","week":"2026-W07","n":5,"ip":"10.0.0.1"}""", false)]
    public void Hints_of_the_network_are_read_as_strictly(string text, bool holds)
    {
        var rules = RowRules.Of(EditionWorld.Totals("peers-hints"));
        var row = EditionWorld.Utf8(text.Replace("K", new string('a', 64)));
        Assert.Equal(holds, EditionReader.TryRead(rules, row) is not null);
    }

    [Fact]
    public void Collections_hold_imports_alone_and_equal_ones_once()
    {
        var import = (MarkerObserved)NetPayloads.ReadPayload(NetApp.MarkerObserved, EditionWorld.Marker("import"))!;
        var row = Assert.Single(EditionRows.Collection([import, import with { }]));
        Assert.NotNull(EditionReader.TryRead(RowRules.Collection, row));
        Assert.Throws<ArgumentException>(() => EditionRows.Collection([import with { Method = Method.Manual }]));
        Assert.Null(EditionReader.TryRead(RowRules.Collection, EditionWorld.Marker()));
    }

    /// <summary>Places that count: observed and not taken back.</summary>
    private static HashSet<RowPlace> Standing(IEnumerable<byte[]> rows, RowRules rules)
    {
        var read = rows.Select(r => EditionReader.TryRead(rules, r)!).ToArray();
        var taken = read.Where(r => r.Target is not null).Select(r => r.Target!.Value).ToHashSet();
        return [.. read.Where(r => r.Target is null).Select(r => r.Order!.Value.Place).Where(p => !taken.Contains(p))];
    }

    private static void ForAll(Func<EditionWorld, bool> holds) => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), seed => holds(new EditionWorld(seed).Live(40))).QuickCheckThrowOnFailure();

    private RowRules Rules() => RowRules.Of(EditionWorld.Manifest(cut: [.. _world.Cut]));
}
