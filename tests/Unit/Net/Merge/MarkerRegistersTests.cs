using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MarkerRegistersTests
{
    private const string Key = "osh:8e245d9679d31e12:734003200";

    [Fact]
    public void A_fleet_has_one_vote_the_newest_in_whatever_order_they_come()
    {
        (string Fleet, long Start, VoteOrder Order)[] votes =
        [
            ("B", 60_000, new VoteOrder(0, 1, "b1")),
            ("B", 61_000, new VoteOrder(0, 2, "b2")),
            ("B", 62_000, new VoteOrder(1, 1, "b0")),
            ("C", 70_000, new VoteOrder(0, 9, "c1")),
        ];
        foreach (var order in new[] { votes, [.. votes.Reverse()] })
        {
            var registers = new MarkerRegisters();
            foreach (var (fleet, start, at) in order) registers.Offer(fleet, VoterRing.Friend, Marker(start), at);
            var slot = Assert.Single(registers.Slots);
            var merged = registers.Merge(slot, new MergeQuestion());
            Assert.Equal([62_000L, 70_000L], merged.Clusters.SelectMany(c => c.Votes).Select(v => v.StartMs).Order());
        }
    }

    private static MarkerObserved Marker(long start) => new(
        MarkerObserved.PartName, 1, [Key], Method.Chapter, "anarchive", 100, 1, MarkerType.Intro, 0, start,
        start + 90_000, 1_420_100);
}
