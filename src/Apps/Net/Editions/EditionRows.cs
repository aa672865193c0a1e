using System.Globalization;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>Turns what is known into the rows of an edition: sorted by their bytes, none twice.</summary>
/// <remarks>
/// A function of the set of events and the cut. Observations that were taken back leave their tombstone, so that
/// whoever reads rows and then later events comes to what the events alone say: the newest that nobody took back.
/// Older ones about the same thing stay, for they count again once the newest is taken back.
/// </remarks>
public static class EditionRows
{
    /// <summary>A fleet's rows for its friends. Imports and hints are left out, and what lies beyond the cut.</summary>
    /// <param name="sources">In any order; one that comes twice counts once.</param>
    /// <exception cref="ArgumentException">Two different events have one place.</exception>
    public static IReadOnlyList<byte[]> Fleet(
        string part, IReadOnlyList<PartCut> cut, IEnumerable<PartEvent> sources)
    {
        var places = new Dictionary<ChainId, int>();
        for (var i = 0; i < cut.Count; i++)
            places.Add(EditionRules.ChainOf(cut[i]) ?? throw new ArgumentException("No chain.", nameof(cut)), i);
        var known = new Dictionary<RowPlace, (PartEvent Source, object? Content)>();
        foreach (var source in sources)
        {
            if (PlaceOf(source.Position, places, cut) is not { } place) continue;
            if (known.TryGetValue(place, out var other))
            {
                if (other.Source.Id != source.Id)
                    throw new ArgumentException("Two events have one place.", nameof(sources));
                continue;
            }

            known.Add(place, (source, ContentOf(part, source)));
        }

        var taken = new HashSet<RowPlace>();
        var rows = new List<byte[]>();
        foreach (var (place, (source, content)) in known)
        {
            if (content is not ObservationRetracted || source.Target is not { } target) continue;
            if (PlaceOf(target.Position, places, cut) is not { } at || at == place) continue;
            // One that is not of this part, is an import or carries another id takes nothing back.
            if (known.TryGetValue(at, out var aim)
                && (aim.Content is not IObservation || aim.Source.Id.Prefix != target.IdPrefix))
                continue;
            taken.Add(at);
            rows.Add(Line(source, place, at));
        }

        foreach (var (place, (source, content)) in known)
            if (content is IObservation && !taken.Contains(place)) rows.Add(Line(source, place, null));
        return Sorted(rows);
    }

    /// <summary>The network's totals, each checked against K.</summary>
    /// <exception cref="ArgumentException">A row breaks a rule, or two tell one number differently.</exception>
    public static IReadOnlyList<byte[]> Totals(string part, int k, IEnumerable<object> totals)
    {
        var rules = new RowRules(part, EditionForm.Totals, [], k);
        var rows = new HashSet<byte[]>(BytesComparer.Instance);
        var told = new HashSet<object>();
        foreach (var total in totals)
        {
            var line = NetPayloads.Bytes(total);
            if (EditionReader.TryRead(rules, line) is null)
                throw new ArgumentException("A row breaks a rule.", nameof(totals));
            if (rows.Add(line) && !told.Add(SlotOf(total)!))
                throw new ArgumentException("Two rows tell one number differently.", nameof(totals));
        }

        return Sorted([.. rows]);
    }

    /// <summary>What a total counts, whatever the number; null for rows of other forms.</summary>
    public static object? SlotOf(object content) => content switch
    {
        SignalRow signal => signal with { N = 0 },
        HintRow hint => hint with { N = 0 },
        _ => null,
    };

    /// <summary>Rows of a collection that was taken over. Equal ones are one.</summary>
    /// <exception cref="ArgumentException">One was not taken over, or breaks a rule.</exception>
    public static IReadOnlyList<byte[]> Collection(IEnumerable<MarkerObserved> markers) =>
        Collection(markers.Select(Collected));

    /// <summary>The row of something that was taken over.</summary>
    /// <exception cref="ArgumentException">It was not, or breaks a rule.</exception>
    public static byte[] Collected(MarkerObserved marker) =>
        marker.Method == Method.Import && NetRules.FaultOf(marker) is null
            ? NetPayloads.Bytes(marker)
            : throw new ArgumentException("No sound import.", nameof(marker));

    /// <summary>Rows made by <see cref="Collected"/>, sorted, none twice.</summary>
    public static IReadOnlyList<byte[]> Collection(IEnumerable<byte[]> rows) =>
        Sorted([.. rows.ToHashSet(BytesComparer.Instance)]);

    private static object? ContentOf(string part, PartEvent source) =>
        NetPayloads.ReadPayload(source.Kind, source.Payload.Span) switch
        {
            HintObserved => null,
            IObservation { Method: not Method.Import } observed when observed.Part == part => observed,
            ObservationRetracted taken when taken.Part == part => taken,
            _ => null,
        };

    private static RowPlace? PlaceOf(
        Position position, Dictionary<ChainId, int> places, IReadOnlyList<PartCut> cut) =>
        places.TryGetValue(position.Chain, out var at) && position.Seq <= cut[at].Seq
            ? new RowPlace(at, position.Seq)
            : null;

    private static byte[] Line(PartEvent source, RowPlace place, RowPlace? target)
    {
        var order = target is { } at
            ? string.Create(CultureInfo.InvariantCulture, $",\"target\":[{at.Cut},{at.Seq}]")
            : "";
        order += string.Create(
            CultureInfo.InvariantCulture, $",\"lww\":[{source.Hlc.Value},{place.Cut},{place.Seq}]}}");
        return [.. source.Payload.Span[..^1], .. Encoding.ASCII.GetBytes(order)];
    }

    private static List<byte[]> Sorted(List<byte[]> rows)
    {
        rows.Sort(BytesComparer.Instance);
        return rows;
    }
}
