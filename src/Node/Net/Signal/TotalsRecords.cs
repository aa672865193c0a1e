using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>A total that counts here.</summary>
/// <param name="What">A metric, or the state of a swarm.</param>
/// <param name="N">At least so many households, rounded down.</param>
/// <param name="IsOwn">Counted by this node.</param>
public sealed record TotalView(string Part, NodeId Aggregator, string What, string Week, int N, bool IsOwn)
{
    /// <summary>As a person is told it.</summary>
    public Sentence Says => Say(What, Week, N, IsOwn);

    /// <inheritdoc cref="Says"/>
    public static Sentence Say(string what, string week, int n, bool isOwn)
    {
        var by = isOwn ? Own : OfAggregator;
        return what switch
        {
            "finished" => (Sentence)$"At least {n} households finished this in {week} ({by}).",
            "dropped" => (Sentence)$"At least {n} households dropped this in {week} ({by}).",
            "kept" => (Sentence)$"At least {n} households kept this in {week} ({by}).",
            "trashed" => (Sentence)$"At least {n} households trashed this in {week} ({by}).",
            "starred" => (Sentence)$"At least {n} households starred this in {week} ({by}).",
            "rewatch" => (Sentence)$"At least {n} households watched this again in {week} ({by}).",
            "healthy" => (Sentence)$"At least {n} households found its torrent healthy in {week} ({by}).",
            "stalled" => (Sentence)$"At least {n} households found its torrent stalled in {week} ({by}).",
            "dead" => (Sentence)$"At least {n} households found its torrent dead in {week} ({by}).",
            _ => (Sentence)$"At least {n} households {what} this in {week} ({by}).",
        };
    }

    private static Sentence Own => "your own totals";

    private static Sentence OfAggregator => "aggregator's totals";
}

/// <summary>Reads totals of the aggregators that this node's owner subscribed to, and of its own.</summary>
public sealed class TotalsRecords(Database database, LogWriter writer, TotalsBook book, PartConsents consents)
{
    /// <summary>What is told of a key, the newest week first.</summary>
    public IReadOnlyList<TotalView> Of(string key)
    {
        using var db = database.OpenReader();
        var found = new List<TotalView>();
        var groups = book.All.ToDictionary(g => g.Group);
        foreach (var (group, line) in NetEditionRows.About(db, key, groups.Keys))
        {
            var known = groups[group];
            var isOwn = known.Aggregator == writer.Self;
            // The owner may ask for more households than when the rows came.
            var k = isOwn ? Aggregator.K : consents.Find(known.Part, Subscription.Network)?.K ?? Subscription.KLeast;
            var rules = new RowRules(known.Part, EditionForm.Totals, [], k);
            if (EditionReader.TryRead(rules, line) is not { } row) continue;
            if (row.Content is SignalRow signal)
                found.Add(new TotalView(
                    known.Part, known.Aggregator, Word(signal.Metric), signal.Week, signal.N, isOwn));
            else if (row.Content is HintRow hint)
                found.Add(new TotalView(known.Part, known.Aggregator, Word(hint.State), hint.Week, hint.N, isOwn));
        }

        return
        [
            .. found.OrderByDescending(t => t.Week, StringComparer.Ordinal).ThenBy(t => t.Part, StringComparer.Ordinal)
                .ThenByDescending(t => t.N),
        ];
    }

    /// <summary>Rows that an aggregator's edition of a part has here.</summary>
    public long Count(string part)
    {
        using var db = database.OpenReader();
        return book.All.Where(g => g.Part == part).Sum(g => NetEditionRows.Count(db, g.Group));
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
