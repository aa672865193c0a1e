using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>The edition before the one to be made.</summary>
/// <param name="Rows">Asked for more than once; sorted, as every edition's are.</param>
/// <param name="LastFullWeek">Of the newest full edition, <c>2026-W07</c>.</param>
/// <param name="IsLost">Its rows or files are not here, or may not be read any more: no delta can follow it.</param>
public sealed record EditionBefore(
    EventId Id, PartEdition Edition, Func<IEnumerable<ReadOnlyMemory<byte>>> Rows, string LastFullWeek,
    bool IsLost = false)
{
    /// <summary>
    /// The newest of a group that was written, also where the node ended before it took its rows over; null before the
    /// first.
    /// </summary>
    /// <param name="db">Open while rows are asked for.</param>
    /// <param name="hasFile">Whether the file of that info hash may be fetched here.</param>
    public static EditionBefore? Newest(SqliteConnection db, GroupId group, Func<Hash160, bool> hasFile)
    {
        var manifests = NetEditionRows.Manifests(db, group);
        if (manifests.Count == 0) return null;
        var (id, newest) = manifests.MaxBy(m => m.Value.Seq);
        var full = manifests.Values.Where(m => m.Kind == EditionKind.Full).MaxBy(m => m.Seq);
        var isLost = NetEditionRows.Held(db, group)?.Id != id || NetEditionRows.IsStale(db, group, newest)
            || full is null || EditionBooks.InfoHash(full) is not { } ih || !hasFile(ih);
        return new EditionBefore(
            id, newest, () => [.. NetEditionRows.Lines(db, group)], full?.Week ?? newest.Week, isLost);
    }
}

/// <summary>What an edition is to say beside its rows.</summary>
/// <param name="Cut">In chain order; no more than <see cref="EditionLimits.CutsMax"/>.</param>
/// <param name="Sources">Fleets that contributed: 1 for friends.</param>
/// <param name="NowHours">Unix hours.</param>
/// <param name="Before">Null for the first.</param>
public sealed record EditionOrder(
    string Part, GroupId Group, EditionRing Ring, NodeId Publisher, IReadOnlyList<PartCut> Cut, int K, int Sources,
    long NowHours, EditionBefore? Before);

/// <summary>An edition whose file is on disk. It is published once the payload is in the group's log.</summary>
/// <param name="Payload">Of the event <c>part_edition_published</c>.</param>
public sealed record MadeEdition(PartEdition Manifest, byte[] Payload, SavedEdition File);

/// <summary>Makes editions: a full one each month and where much changed, otherwise what changed.</summary>
public sealed class EditionMaker(PartEditionFiles files)
{
    /// <summary>How long an edition is good for, in hours: as long as two full ones take, and a week.</summary>
    private const long LifeHours = 70 * 24;

    /// <summary>Of one fleet's events, for its friends. See the other one.</summary>
    public MadeEdition? MakeFleet(EditionOrder order, IEnumerable<PartEvent> sources, out string? fault) =>
        Make(order, EditionRows.Fleet(order.Part, order.Cut, sources), out fault);

    /// <summary>
    /// Null where nothing changed since the one before, which is still there, and where it would break a rule or its
    /// ring's bounds: then <paramref name="fault"/> names the member.
    /// </summary>
    /// <param name="rows">Sorted, none twice, as <see cref="EditionRows"/> makes them.</param>
    public MadeEdition? Make(EditionOrder order, IReadOnlyList<byte[]> rows, out string? fault)
    {
        fault = null;
        var now = rows.Select(r => (ReadOnlyMemory<byte>)r);
        var root = EditionState.RootOf(now).ToString();
        var before = order.Before;
        // A chain that came or went renumbers rows, which changes the root as well.
        if (before is { IsLost: false } && before.Edition.StateRoot == root) return null;
        var week = EditionCalendar.WeekOf(order.NowHours);
        if (before is not null && string.CompareOrdinal(week, before.Edition.Week) < 0) week = before.Edition.Week;
        var isFull = before is null or { IsLost: true } || EditionCalendar.IsFullDue(before.LastFullWeek, week)
            || EditionDelta.IsFullBetter(EditionDelta.Between(before.Rows(), now).LongCount(), rows.Count);
        var seq = (before?.Edition.Seq ?? 0) + 1;
        var lines = isFull ? now : EditionDelta.Between(before!.Rows(), now);
        var saved = files.Save(order.Group, order.Part, seq, lines);
        var manifest = new PartEdition(
            NetRules.Version, order.Part, order.Group.ToString(), order.Ring,
            order.Ring == EditionRing.Friends ? SwarmIsolation.F2fOnly : SwarmIsolation.Open, order.K, order.Sources,
            PartEdition.PolicyOf(order.Ring), seq, week, before?.Id.ToString(), order.Publisher.ToString(),
            order.NowHours, order.NowHours + LifeHours, order.Cut, root, EditionSchema.Of(order.Part, order.Ring),
            isFull ? EditionKind.Full : EditionKind.Delta, isFull ? null : before!.Edition.Seq, saved.Blob,
            PartEdition.DefaultLicence);
        fault = EditionGates.SizeFault(manifest);
        var payload = fault is null ? NetPayloads.Write(manifest, out fault) : null;
        if (payload is not null) return new MadeEdition(manifest, payload, saved);
        files.Delete(order.Group, saved.Blob.Name);
        return null;
    }
}
