using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>A row's place in its group: chain by number in the cut, and seq.</summary>
public readonly record struct RowPlace(int Cut, long Seq);

/// <summary>What decides which of a fleet's rows about one thing counts.</summary>
public readonly record struct RowOrder(Hlc Hlc, RowPlace Place);

/// <summary>One line of an edition, read and found sound.</summary>
/// <param name="Content">
/// An <see cref="IObservation"/>, an <see cref="ObservationRetracted"/>, a <see cref="SignalRow"/> or a
/// <see cref="HintRow"/>.
/// </param>
/// <param name="Order">Null in totals of the network and in imports, which nothing replaces.</param>
/// <param name="Target">What a tombstone takes back; null in other rows.</param>
public sealed record EditionRow(object Content, RowOrder? Order, RowPlace? Target)
{
    /// <summary>What it is about; none for a tombstone.</summary>
    public IReadOnlyList<string> Keys => Content switch
    {
        IObservation observed => observed.Key,
        SignalRow signal => [signal.Key],
        HintRow hint => [hint.Key],
        _ => [],
    };

    /// <summary>How the merge compares it with other rows of the same fleet.</summary>
    /// <param name="cut">Of the row's own edition.</param>
    /// <exception cref="InvalidOperationException">It has no order.</exception>
    public VoteOrder Vote(IReadOnlyList<PartCut> cut)
    {
        if (Order is not { } order) throw new InvalidOperationException("Totals have no order.");
        var chain = cut[order.Place.Cut];
        // Devices of one fleet have the same say, so rank is 0; a seq's digits compare as the number does.
        return new VoteOrder(0, order.Hlc.Value, $"{chain.Origin}.{chain.Incarnation} {order.Place.Seq:D16}");
    }
}

/// <summary>A row of the network's hints: how many fleets saw a torrent in that state.</summary>
/// <param name="Key">A bt1 or bt2.</param>
/// <param name="Week">ISO 8601, <c>2026-W07</c>.</param>
/// <param name="N">Fleets, rounded down to 5, 10, 20, 50 or 100.</param>
public sealed record HintRow(string Key, SwarmState State, string Week, int N);
