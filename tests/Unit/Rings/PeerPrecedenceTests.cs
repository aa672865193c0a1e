using Anarchive.Log;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PeerPrecedenceTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly Endpoint A = At("https://1.1.1.1:7421");
    private static readonly Endpoint B = At("https://2.2.2.2:7421");
    private static readonly Endpoint C = At("https://3.3.3.3:7421");

    [Fact]
    public void The_owners_word_is_tried_before_the_peers_own_a_hubs_and_gossip()
    {
        PeerSource[] order = [PeerSource.Manual, PeerSource.Self, PeerSource.Hub, PeerSource.Gossip];
        IReadOnlyList<PeerEntry> entries = [];
        foreach (var source in order.Reverse())
        {
            entries = PeerPrecedence.With(entries, Entry(source, At($"https://1.1.1.{(int)source + 1}:7421")));
            Assert.Equal(source, PeerPrecedence.Next(entries)!.Source);
        }

        Assert.Equal(order, entries.Select(e => e.Source));
    }

    [Fact]
    public void No_source_overwrites_another_and_each_overwrites_itself()
    {
        var entries = Told(Entry(PeerSource.Manual, A));
        foreach (var source in new[] { PeerSource.Self, PeerSource.Hub, PeerSource.Gossip })
        {
            entries = PeerPrecedence.With(entries, Entry(source, B));
            entries = PeerPrecedence.With(entries, Entry(source, C));
        }

        Assert.Equal(4, entries.Count);
        Assert.Equal(A, entries.Single(e => e.Source == PeerSource.Manual).Endpoint);
        Assert.All(entries.Skip(1), e => Assert.Equal(C, e.Endpoint));
    }

    [Fact]
    public void An_address_that_fails_stands_behind_those_that_failed_less()
    {
        var entries = Told(Entry(PeerSource.Manual, A), Entry(PeerSource.Self, B), Entry(PeerSource.Gossip, C));
        var tried = new List<Endpoint>();
        for (var i = 0; i < 6; i++)
        {
            tried.Add(PeerPrecedence.Next(entries)!.Endpoint);
            entries = PeerPrecedence.Failed(entries, tried[^1], "unreachable", Now + i);
        }

        Assert.Equal([A, B, C, A, B, C], tried);
    }

    [Fact]
    public void An_address_that_answers_is_kept()
    {
        var entries = Told(Entry(PeerSource.Manual, A), Entry(PeerSource.Gossip, C));
        entries = PeerPrecedence.Failed(entries, A, "unreachable", Now);
        entries = PeerPrecedence.Answered(entries, C, Now + 1);
        Assert.Equal(C, PeerPrecedence.Next(entries)!.Endpoint);
        Assert.Equal((Now + 1, (string?)null), (entries[1].TriedMs, entries[1].Cause));
        Assert.Equal((Now, "unreachable"), (entries[0].TriedMs, entries[0].Cause));
        // Once it fails too, the owner's word is tried again.
        Assert.Equal(A, PeerPrecedence.Next(PeerPrecedence.Failed(entries, C, "unreachable", Now))!.Endpoint);
    }

    [Fact]
    public void Failures_belong_to_an_address_whoever_names_it()
    {
        var entries = PeerPrecedence.Failed(Told(Entry(PeerSource.Gossip, A)), A, "wrong_node", Now);
        entries = PeerPrecedence.With(entries, Entry(PeerSource.Hub, A));
        Assert.All(entries, e => Assert.Equal((1, "wrong_node"), (e.Failures, e.Cause)));
    }

    [Fact]
    public void A_learned_address_goes_after_its_time_and_three_failures_and_no_other_does()
    {
        var sources = Enum.GetValues<PeerSource>();
        var entries = Told([.. sources.Select(s => Entry(s, A, expiresMs: Now))]);
        Assert.Equal(4, PeerPrecedence.WithoutStale(entries, Now).Count);
        for (var i = 0; i < 3; i++) entries = PeerPrecedence.Failed(entries, A, "unreachable", Now);
        Assert.Equal(4, PeerPrecedence.WithoutStale(entries, Now - 1).Count);
        Assert.Equal(
            [PeerSource.Manual, PeerSource.Self], PeerPrecedence.WithoutStale(entries, Now).Select(e => e.Source));
    }

    private static IReadOnlyList<PeerEntry> Told(params PeerEntry[] entries) =>
        entries.Aggregate((IReadOnlyList<PeerEntry>)[], PeerPrecedence.With);

    private static PeerEntry Entry(PeerSource source, Endpoint endpoint, long expiresMs = PeerEntry.Never) =>
        new(source, endpoint, Now, expiresMs);

    private static Endpoint At(string text) => Endpoint.TryParse(text)!;
}
