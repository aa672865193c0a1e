using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Members who fold an owner's edition anew from their own log.</summary>
public sealed class CountersigningTests : IAsyncLifetime
{
    private readonly List<LiveNode> _nodes = [];
    private LiveNode _owner = null!;
    private LiveNode _member = null!;
    private LocalAgent _ada = null!;
    private GroupId _group;
    private string _cats = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member) = (await Started(), await Started());
        _group = await _owner.Found("pets");
        await _member.Join(_owner, "pets");
        _ada = (await _owner.Get<AgentRegistry>().RegisterAsync("Ada", null, Cancellation)).Agent!;
        _cats = await Post("Cats");
        await Post("Dogs");
        Done(await Commands.EditPostAsync(_ada, _cats, "Cats, edited", null, null, Cancellation));
        foreach (var value in new[] { 1, -1, 1 }) Done(await Commands.VoteAsync(_ada, _cats, value, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private HiveCommands Commands => _owner.Get<HiveCommands>();

    [Fact]
    public async Task Members_with_the_whole_log_countersign_by_themselves_and_a_newcomer_sees_how_many()
    {
        var third = await Started();
        await third.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _member, third);
        var edition = (await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation)).File;
        // What is written meanwhile makes no difference: the edition's vector says how far it goes.
        await Post("Birds");
        await Countersigned(_owner, _member.Id, third.Id);

        NodeId[] signers = [_member.Id, third.Id];
        await _member.Stop();
        await third.Stop();
        var newcomer = await Started();
        await newcomer.Join(_owner, "pets");
        await Countersigned(newcomer, signers);
        var look = newcomer.Get<Countersigning>().Look(_group)!;
        Assert.Equal((edition, true, 3, false), (look.Name, look.BeganWithIt, look.Of, look.IsDisputed));

        // A newcomer has the owner's word for the past, so it says nothing of the next edition either.
        await _member.Restart();
        await Eventually.InStep(_group, _owner, _member, newcomer);
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        await Countersigned(_owner, _member.Id);
        await Eventually.InStep(_group, _owner, _member, newcomer);
        Assert.DoesNotContain(
            newcomer.Id, newcomer.Writer.AuthorityOf(_group).NewestEdition()!.CountersignedBy);
        await _member.Restart(stopFirst: true);
        await Post("Fish");
        await Eventually.InStep(_group, _owner, _member, newcomer);
        Assert.Equal([_member.Id], _owner.Get<Countersigning>().Look(_group)!.CountersignedBy);
    }

    [Fact]
    public async Task An_edition_of_another_state_is_not_countersigned_and_its_finder_is_told()
    {
        var before = _member.SeqOf(_group, _member);
        var published = new EditionPublished(
            Text(Hash256.Sha256("file"u8)), Text(Hash256.Sha256("made up"u8)),
            Wire.Heads(_owner.Writer.Durable(_group).Heads), Base64UrlText.Encode(new byte[64]));
        await _owner.Writer.WriteAsync(
            _group, [new Draft(EngineKinds.EditionPublished, EngineKinds.Write(published), [])], Cancellation);
        await Eventually.True(
            () => _member.Mesh.View().Warning?.Contains("edition of pets", StringComparison.Ordinal) == true,
            "Nothing is said of it.",
            _member);
        Assert.False(_member.Mesh.View().IsWell);
        Assert.True(_member.Get<Countersigning>().Look(_group)!.IsDisputed);
        await _member.Restart(stopFirst: true);
        await Eventually.True(() => _member.Mesh.View().Warning is not null, "A restart forgets it.", _member);
        Assert.Equal(before, _member.SeqOf(_group, _member));

        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        await Countersigned(_owner, _member.Id);
        await Eventually.True(() => _member.Mesh.View().Warning is null, "It is still told.", _member);
    }

    [Fact]
    public async Task A_disk_that_refuses_the_check_stops_no_node_and_the_next_start_makes_up_for_it()
    {
        var inTheWay = Directory.CreateDirectory(Path.Combine(_member.Home, "past-state.db"));
        var third = await Started();
        await third.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _member, third);
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        await Countersigned(_owner, third.Id);
        await _member.Say(_group);
        await Eventually.InStep(_group, _owner, _member, third);
        Assert.False(_member.Get<Countersigning>().Look(_group)!.IsDisputed);
        inTheWay.Delete();
        await _member.Restart(stopFirst: true);
        await Countersigned(_owner, _member.Id, third.Id);
    }

    [Fact]
    public async Task A_past_state_is_that_of_then_whatever_was_written_since()
    {
        var (then, state) = (_member.Writer.Durable(_group), _member.Get<HiveQueries>().StateDigest(_group));
        Assert.Equal((state, true), Past(then));
        Assert.Equal(default((Hash256, bool)?), Past(Missing(then)));
        Done(await Commands.EditPostAsync(_ada, _cats, "Cats, again", null, null, Cancellation));
        Done(await Commands.VoteAsync(_ada, _cats, -1, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        Assert.NotEqual(state, _member.Get<HiveQueries>().StateDigest(_group));
        Assert.Equal((state, true), Past(then));

        // Once the text is erased nobody can tell any more what it was: no reason for an alarm.
        Done(await Commands.DeleteAsync(_ada, _cats, null, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        Assert.Equal(false, Past(then)?.IsWhole);
        Assert.Equal((_member.Get<HiveQueries>().StateDigest(_group), true), Past(_member.Writer.Durable(_group)));
        Assert.Empty(Directory.EnumerateFiles(_member.Home, "past-state*"));
    }

    private (Hash256 State, bool IsWhole)? Past(VersionVector vector) => _member.Get<PastState>().Of(
        _member.Writer.Groups().Single(), vector, Cancellation);

    /// <summary>The same vector, one event further on than anybody is.</summary>
    private static VersionVector Missing(VersionVector vector)
    {
        var (chain, head) = vector.Heads.OrderBy(h => h.Key).First();
        return vector.With(chain, new Head(head.Seq + 1, head.Id));
    }

    private Task Countersigned(LiveNode at, params NodeId[] by)
    {
        var expected = by.Order().ToArray();
        return Eventually.True(
            () => at.Get<Countersigning>().Look(_group)?.CountersignedBy.SequenceEqual(expected) == true,
            "Countersignatures are missing.",
            at);
    }

    private async Task<string> Post(string title) =>
        Done(await Commands.PostAsync(_ada, "pets", title, "Text", null, Cancellation));

    private async Task<LiveNode> Started()
    {
        var node = await LiveNode.Start();
        _nodes.Add(node);
        return node;
    }

    private static string Text(Hash256 hash) => Base64UrlText.Encode(hash.ToArray());

    private static string Done(WriteOutcome outcome)
    {
        Assert.Null(outcome.Problem);
        return outcome.Id!;
    }
}
