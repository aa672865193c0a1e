using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Facts as events: rows are split where they are too many or too large for one.</summary>
public static class FleetDrafts
{
    /// <summary>
    /// In the order of the rows. Null, and the member at fault, where any other node would hold one of them inert; no
    /// rows are no events.
    /// </summary>
    public static IReadOnlyList<Draft>? Of(
        IFleetPayload payload, IReadOnlyList<EventRef> refs, out string? fault)
    {
        var drafts = new List<Draft>();
        fault = payload switch
        {
            ItemsDescribed d => Split(d.Rows, rows => new ItemsDescribed(rows), drafts),
            HoldingsSet h => Split(h.Rows, rows => new HoldingsSet(h.Device, h.Volume, rows), drafts),
            ChallengeAnswered c => Split(c.Rows, rows => new ChallengeAnswered(rows), drafts),
            _ => Add(payload, refs, drafts),
        };
        return fault is null ? drafts : null;
    }

    private static string? Split<T>(
        IReadOnlyList<T> rows, Func<IReadOnlyList<T>, IFleetPayload> payloadOf, List<Draft> drafts)
    {
        foreach (var some in rows.Chunk(FleetLimits.RowsMax))
            if (AddHalved(some, payloadOf, drafts) is { } fault) return fault;
        return null;
    }

    private static string? AddHalved<T>(
        T[] rows, Func<IReadOnlyList<T>, IFleetPayload> payloadOf, List<Draft> drafts)
    {
        var fault = Add(payloadOf(rows), [], drafts);
        if (fault != FleetPayloads.TooLarge || rows.Length == 1) return fault;
        var half = rows.Length / 2;
        return AddHalved(rows[..half], payloadOf, drafts) ?? AddHalved(rows[half..], payloadOf, drafts);
    }

    private static string? Add(IFleetPayload payload, IReadOnlyList<EventRef> refs, List<Draft> drafts)
    {
        if (FleetPayloads.Write(payload, out var fault) is { } bytes)
            drafts.Add(new Draft(FleetPayloads.KindOf(payload), bytes, refs));
        return fault;
    }
}
