using Anarchive.Log;

namespace Anarchive.Rings;

/// <summary>Several sources about one peer: none overwrites another, and the best one that answers is used.</summary>
/// <remarks>
/// Addresses are tried in the order of their sources, but one that failed stands behind all that failed less: so every
/// one has its turn, and one that answers is kept. Failures belong to addresses, whoever named them.
/// </remarks>
public static class PeerPrecedence
{
    /// <summary>A learned address that failed so often may be dropped once nobody vouches for it.</summary>
    public const int FailuresBeforeDropped = 3;

    /// <summary>The entry whose address is to be tried next; null where there is none.</summary>
    public static PeerEntry? Next(IReadOnlyList<PeerEntry> entries) =>
        entries.OrderBy(e => e.Failures).ThenBy(e => e.Source).FirstOrDefault();

    /// <summary>Takes a source's word in place of its last one; what others said stays.</summary>
    public static IReadOnlyList<PeerEntry> With(IReadOnlyList<PeerEntry> entries, PeerEntry told)
    {
        if (entries.FirstOrDefault(e => e.Endpoint == told.Endpoint) is { } known)
            told = told with { Failures = known.Failures, TriedMs = known.TriedMs, Cause = known.Cause };
        return [.. entries.Where(e => e.Source != told.Source).Append(told).OrderBy(e => e.Source)];
    }

    public static IReadOnlyList<PeerEntry> Without(IReadOnlyList<PeerEntry> entries, PeerSource source) =>
        [.. entries.Where(e => e.Source != source)];

    public static IReadOnlyList<PeerEntry> Answered(IReadOnlyList<PeerEntry> entries, Endpoint at, long nowMs) =>
        Tried(entries, at, e => e with { Failures = 0, TriedMs = nowMs, Cause = null });

    public static IReadOnlyList<PeerEntry> Failed(
        IReadOnlyList<PeerEntry> entries, Endpoint at, string cause, long nowMs) =>
        Tried(entries, at, e => e with { Failures = e.Failures + 1, TriedMs = nowMs, Cause = cause });

    /// <summary>Drops learned addresses that nobody vouches for any more and that failed three times.</summary>
    public static IReadOnlyList<PeerEntry> WithoutStale(IReadOnlyList<PeerEntry> entries, long nowMs) =>
        [.. entries.Where(e => !(e.IsLearned && e.ExpiresMs <= nowMs && e.Failures >= FailuresBeforeDropped))];

    private static IReadOnlyList<PeerEntry> Tried(
        IReadOnlyList<PeerEntry> entries, Endpoint at, Func<PeerEntry, PeerEntry> change) =>
        [.. entries.Select(e => e.Endpoint == at ? change(e) : e)];
}
