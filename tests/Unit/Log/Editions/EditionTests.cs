using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Editions through the production writer: made by an owner, taken over by who is behind.</summary>
public sealed class EditionTests
{
    private readonly EngineNode _owner = new(1);
    private readonly EngineNode _member = new(2);
    private readonly EngineNode _newcomer = new(3);
    private readonly GroupId _group;

    public EditionTests()
    {
        _group = _owner.Found();
        _member.Join(_group, _owner);
        _owner.Say(_group, "one");
        _member.PullAll(_group, _owner);
        _member.Say(_group, "two");
        _owner.PullAll(_group, _member);
    }

    [Fact]
    public void A_newcomer_takes_the_edition_over_and_goes_on_from_its_vector()
    {
        var file = Compacted();
        _newcomer.Follow(_group);
        Assert.Equal(EditionFault.None, _newcomer.Import(_group, file));
        _newcomer.PullAll(_group, _owner);
        Assert.Equal(_owner.Vector(_group).Digest(), _newcomer.Vector(_group).Digest());
        _newcomer.Restart();
        Assert.Equal(_owner.Vector(_group).Digest(), _newcomer.Vector(_group).Digest());
        _owner.Admit(_group, _newcomer);
        _newcomer.PullAll(_group, _owner);
        _newcomer.Say(_group, "three");
        _owner.PullAll(_group, _newcomer);
        _member.PullAll(_group, _owner);
        Assert.Equal(_newcomer.Vector(_group).Digest(), _member.Vector(_group).Digest());
    }

    [Fact]
    public void Own_events_that_nobody_has_seen_stay_valid()
    {
        _owner.Say(_group, "while away");
        var unsent = _member.Say(_group, "unsent");
        var file = Compacted();
        Assert.Equal(EditionFault.None, _member.Import(_group, file));
        _member.PullAll(_group, _owner);
        _owner.PullAll(_group, _member);
        Assert.Equal(unsent.Seq, _owner.Vector(_group).SeqOf(unsent.Chain));
        Assert.Equal(_owner.Vector(_group).Digest(), _member.Vector(_group).Digest());
    }

    [Fact]
    public void A_flipped_byte_refuses_the_edition_and_changes_nothing()
    {
        var file = Compacted();
        _newcomer.Follow(_group);
        for (var line = 0; line < file.Lines.Count; line++)
        {
            for (var at = 0; at < file.Lines[line].Length; at += 7)
            {
                var lines = file.Lines.Select(l => l.ToArray()).ToArray();
                lines[line][at] ^= 1;
                var flipped = EditionText.Of(lines, _ => file.Seal.Signature.ToArray());
                Assert.NotEqual(EditionFault.None, _newcomer.Import(_group, flipped));
            }
        }

        Assert.Equal(EditionFault.BadSignature, _newcomer.Import(_group, file with { Seal = Forged(file) }));

        Assert.Equal(0, _newcomer.Vector(_group).Count);
        Assert.Empty(_newcomer.Files.Saved);
        Assert.Empty(_newcomer.Store.Chains(_group));
        Assert.Null(_newcomer.Snapshot(_group).Edition);
    }

    [Fact]
    public void A_line_of_another_spelling_is_none()
    {
        var file = Compacted();
        foreach (var (line, n) in file.Lines.Select((line, n) => (Encoding.UTF8.GetString(line), n)))
        {
            foreach (var other in new[]
            {
                line + " ", " " + line, line[..^1], line + "}", line.Replace(":", ": ", StringComparison.Ordinal),
                line.Replace("\"}", "=\"}", StringComparison.Ordinal).Replace("]}", ", ]}", StringComparison.Ordinal),
                line.Replace("{\"", "{\"a\":1,\"", StringComparison.Ordinal), "", "null",
            })
            {
                var bytes = Encoding.UTF8.GetBytes(other);
                var isNone = n == 0 ? EditionFile.TryRead(bytes) is null : EditionFile.TryReadEvent(bytes) is null;
                Assert.True(isNone, other);
            }
        }

        var seal = Encoding.UTF8.GetString(file.Seal.Write());
        Assert.Equal(file.Seal.Name, EditionSeal.TryRead(Encoding.UTF8.GetBytes(seal))?.Name);
        foreach (var other in new[]
        {
            seal + " ", seal[..^1], seal.Replace("[\"", "[", StringComparison.Ordinal),
            seal.Replace("[\"", "[null,\"", StringComparison.Ordinal),
            seal.Replace("\"bytes\":", "\"bytes\":-", StringComparison.Ordinal),
            seal.Replace("\"bytes\":", "\"bytes\":99999999", StringComparison.Ordinal),
        })
            Assert.Null(EditionSeal.TryRead(Encoding.UTF8.GetBytes(other)));
    }

    [Fact]
    public void An_edition_is_named_by_its_pieces()
    {
        var line = new byte[Limits.EditionPieceBytes - 1];
        var file = EditionText.Of([line, line, "x"u8.ToArray()], _ => new byte[64]);
        Assert.Equal((3, 2L * Limits.EditionPieceBytes + 2), (file.Seal.Pieces.Count, file.Seal.Bytes));
        Assert.Equal((2L * Limits.EditionPieceBytes, 2), file.Seal[2]);
        Assert.Equal(Hash256.Sha256("x\n"u8), file.Seal.Pieces[2]);
        Assert.NotEqual(file.Seal.Name, EditionText.Of([line, line, "y"u8.ToArray()], _ => new byte[64]).Seal.Name);
    }

    [Fact]
    public void Only_the_owners_key_in_force_signs_an_edition()
    {
        var afterNext = new FakeSigner(77);
        _owner.Rotate(_group, _owner.NextKey, afterNext);
        var file = Compacted();
        _newcomer.Follow(_group);
        foreach (var wrong in new[] { _owner.Key, afterNext, _member.Key, new FakeSigner(99) })
            Assert.Equal(EditionFault.BadSignature, _newcomer.Import(_group, Signed(file, wrong)));
        Assert.Equal(EditionFault.None, _newcomer.Import(_group, Signed(file, _owner.NextKey)));
    }

    [Fact]
    public void An_edition_that_hides_a_rotation_is_refused_by_who_knows_of_it()
    {
        _owner.Rotate(_group, _owner.NextKey, new FakeSigner(77));
        _member.PullAll(_group, _owner);
        var file = Compacted();
        _owner.Say(_group, "so that the edition is ahead");
        var without = file.Events.Where(e => e.Header.Kind != EngineKinds.KeyRotated);
        Assert.Equal(
            EditionFault.Contradicted,
            _member.Import(_group, EditionText.Of(Extended(file.Edition), without, _owner.Key)));
    }

    [Fact]
    public void A_wrong_state_a_wrong_group_and_a_wrong_name_are_refused()
    {
        var file = Compacted();
        var wrong = new Edition(_group, file.Edition.Cuts, Hash256.Sha256("x"u8));
        _newcomer.Follow(_group);
        Assert.Equal(
            EditionFault.WrongState, _newcomer.Import(_group, EditionText.Of(wrong, file.Events, _owner.Key)));
        Assert.Equal(0, _newcomer.Vector(_group).Count);
        Assert.Empty(_newcomer.Store.Chains(_group));
        Assert.Null(_newcomer.Snapshot(_group).Edition);
        var elsewhere = _newcomer.Found();
        Assert.Equal(EditionFault.WrongGroup, _newcomer.Import(elsewhere, file));
        Assert.Null(EditionCheck.Check(
            _group, default, file.Seal, [], EngineKinds.Schema, new FakeVerifier(), out var fault));
        Assert.Equal(EditionFault.WrongFile, fault);
    }

    [Fact]
    public void Events_out_of_place_are_refused_though_the_owner_signed_them()
    {
        var file = Compacted();
        var e = file.Edition;
        var swapped = file.Events.ToArray();
        (swapped[1], swapped[2]) = (swapped[2], swapped[1]);
        var early = e.Cuts.Select(c => c with { Head = c.Head with { Seq = 1 } }).ToArray();
        _newcomer.Follow(_group);
        foreach (var wrong in new[]
        {
            EditionText.Of(e, swapped, _owner.Key),
            EditionText.Of(new Edition(_group, early, e.StateRoot), file.Events, _owner.Key),
            EditionText.Of(e, file.Events.Select(x => new Event(x.Header, null)), _owner.Key),
            EditionText.Of(e, file.Events.Where(x => !x.Header.IsGenesis), _owner.Key),
            EditionText.Of(e, file.Events.Append(file.Events[^1]), _owner.Key),
            EditionText.Of(e, file.Events.Select(Resalted), _owner.Key),
        })
            Assert.Equal(EditionFault.BadEvent, _newcomer.Import(_group, wrong));
        Assert.Empty(_newcomer.Store.Chains(_group));
    }

    [Fact]
    public void What_was_dropped_is_refused_when_it_comes_again_and_served_to_nobody()
    {
        var runs = _owner.Runs(_group, _owner.Core.OwnChain).ToArray();
        Compacted();
        var report = _owner.Receive(_group, _member.Id, runs);
        Assert.Equal([Refusal.BehindEdition], report.Refused.Select(r => r.Refusal).Distinct());
        Assert.Null(_owner.Store.Committed.Read(_group, _owner.Core.OwnChain, 0, 512, Limits.BatchBytesMax));
    }

    [Fact]
    public void A_removal_below_the_cut_acts_from_the_cut_on_everywhere()
    {
        var chain = _member.Core.OwnChain;
        var file = Compacted();
        var cut = _owner.Vector(_group).SeqOf(chain);
        _owner.Write(_group, new Draft(
            EngineKinds.NodeRemoved, EngineKinds.Write(new NodeRemoved(_member.Id.ToString(), [])), []));
        _newcomer.Follow(_group);
        _newcomer.Import(_group, file);
        _newcomer.PullAll(_group, _owner);
        _member.PullAll(_group, _owner);
        foreach (var node in new[] { _owner, _newcomer, _member })
            Assert.Equal(cut, node.Vector(_group).SeqOf(chain));
        Assert.Single(new[] { _owner, _newcomer, _member }.Select(n => n.Vector(_group).Digest()).Distinct());
    }

    [Fact]
    public void An_old_copy_that_finds_more_of_its_own_chain_in_an_edition_writes_on_another()
    {
        var old = new EngineNode(2);
        old.Follow(_group);
        var before = old.Core.OwnChain;
        Assert.Equal(EditionFault.None, old.Import(_group, Compacted()));
        Assert.NotEqual(before, old.Core.OwnChain);
    }

    [Fact]
    public void Only_the_owner_compacts()
    {
        var refused = Assert.Throws<LogRefusedException>(() => _member.Compact(_group));
        Assert.Equal(Refusal.NotFound, refused.Refusal);
        Assert.Empty(_member.Files.Saved);
    }

    [Fact]
    public void An_edition_of_an_edition_says_what_came_before_it()
    {
        Compacted();
        _owner.Say(_group, "more");
        var second = Compacted();
        _newcomer.Follow(_group);
        Assert.Equal(EditionFault.None, _newcomer.Import(_group, second));
        var published = _owner.Store.AuthorityEvents(_group)
            .Where(e => e.Header.Kind == EngineKinds.EditionPublished)
            .Select(e => (EditionPublished)EngineKinds.Schema.Read(e.Header.Kind, e.Payload!.Value.Bytes.Span)!)
            .ToArray();
        Assert.Equal([null, published[0].FileHash], published.Select(p => p.Previous));
        Assert.StartsWith("{\"edition\":2,\"group\":\"ag1", Encoding.UTF8.GetString(second.Lines[0]));
    }

    private EditionText Compacted() => _owner.Files.Saved[_owner.Compact(_group)];

    private static EditionText Signed(EditionText file, FakeSigner key) =>
        EditionText.Of(file.Edition, file.Events, key);

    private static EditionSeal Forged(EditionText file) => EditionText.Of(file.Lines, _ => new byte[64]).Seal;

    /// <summary>A text's payload is not its own any more; events of keys and ranks stay as they are.</summary>
    private static Event Resalted(Event e) => EngineKinds.OfAuthority.Contains(e.Header.Kind)
        ? e
        : new Event(e.Header, new Payload(new byte[16], e.Payload!.Value.Bytes));

    /// <summary>The edition with the owner's chain cut at its head of now, so that a member is behind it.</summary>
    private Edition Extended(Edition e)
    {
        var chain = _owner.Core.OwnChain;
        var head = _owner.Vector(_group).HeadOf(chain)!.Value;
        var hlc = _owner.Store.Chains(_group).Single(c => c.Chain == chain).Hlc;
        return new Edition(
            e.Group,
            [.. e.Cuts.Select(c => c.Chain == chain ? new EditionCut(chain, head, hlc) : c)],
            e.StateRoot);
    }
}
