namespace Anarchive.Net;

/// <summary>One edition whose file is here.</summary>
/// <param name="ReplacedAt">Unix hours when a newer one was taken over; null while none was.</param>
/// <param name="HasAllAcks">True once every subscriber, or two other custodians, hold what follows.</param>
public sealed record KeptEdition(
    long Seq, EditionKind Kind, long? From, bool IsStarred, long? ReplacedAt, bool HasAllAcks);

/// <summary>Which files of a group may go.</summary>
/// <remarks>
/// The current edition, the one before and starred ones stay, and of each the editions down to the full one that it
/// changes. Others go seven days after a newer one was taken over, or once nobody needs them.
/// </remarks>
public static class EditionRetention
{
    private const long GraceHours = 7 * 24;

    /// <summary>Numbers of those that may be deleted, ascending.</summary>
    public static IReadOnlyList<long> MayGo(IReadOnlyCollection<KeptEdition> kept, long nowHours)
    {
        var bySeq = kept.ToDictionary(e => e.Seq);
        var needed = new HashSet<long>();
        foreach (var first in kept.OrderByDescending(e => e.Seq).Take(2).Concat(kept.Where(e => e.IsStarred)))
        {
            var at = first;
            while (at is not null && needed.Add(at.Seq))
                at = at.From is { } from ? bySeq.GetValueOrDefault(from) : null;
        }

        return
        [
            .. kept.Where(e => !needed.Contains(e.Seq)
                    && (e.HasAllAcks || (e.ReplacedAt is { } at && nowHours - at >= GraceHours)))
                .Select(e => e.Seq).Order(),
        ];
    }
}
