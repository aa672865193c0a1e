namespace Anarchive.Net;

/// <summary>Which marker of a file: its key, what it is and which of several.</summary>
public readonly record struct MarkerSlot(string Key, MarkerType Type, int N);

/// <summary>When a vote was cast, as far as it decides which one of a fleet counts.</summary>
/// <param name="Rank">Of who wrote it in its group.</param>
/// <param name="Clock">A hybrid logical clock, or what stands for one.</param>
/// <param name="Place">Origin and seq, so that no two are equal.</param>
public readonly record struct VoteOrder(int Rank, ulong Clock, string Place) : IComparable<VoteOrder>
{
    public int CompareTo(VoteOrder other)
    {
        if (Rank != other.Rank) return Rank.CompareTo(other.Rank);
        return Clock != other.Clock ? Clock.CompareTo(other.Clock) : string.CompareOrdinal(Place, other.Place);
    }
}

/// <summary>One vote per fleet and marker: the newest, in whatever order they come.</summary>
/// <remarks>A marker is voted on by a household's friends: few enough to look through.</remarks>
public sealed class MarkerRegisters
{
    private readonly Dictionary<MarkerSlot, List<(VoteOrder Order, MarkerVote Vote)>> _slots = [];

    /// <summary>Markers that somebody voted on.</summary>
    public IEnumerable<MarkerSlot> Slots => _slots.Keys;

    /// <summary>Lets a vote compete with the same fleet's for every key that it names.</summary>
    public void Offer(string fleet, VoterRing ring, MarkerObserved marker, VoteOrder order)
    {
        var vote = MarkerVote.Of(fleet, ring, marker);
        foreach (var key in marker.Key)
        {
            var slot = new MarkerSlot(key, marker.Type, marker.N);
            if (!_slots.TryGetValue(slot, out var votes)) _slots[slot] = votes = new(1);
            var at = votes.FindIndex(v => v.Vote.Fleet == fleet);
            if (at < 0) votes.Add((order, vote));
            else if (votes[at].Order.CompareTo(order) < 0) votes[at] = (order, vote);
        }
    }

    public MergedMarker Merge(MarkerSlot slot, MergeQuestion question) => MarkerMerge.Merge(
        _slots.TryGetValue(slot, out var votes) ? votes.Select(v => v.Vote) : [], question);
}
