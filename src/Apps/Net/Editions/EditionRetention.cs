namespace Anarchive.Net;

/// <summary>One edition whose file is here, or on its way.</summary>
/// <param name="IsStarred">Its owner chose to stay with it.</param>
/// <param name="ReplacedAt">Unix hours when the next one was made; null while none was.</param>
public sealed record KeptEdition(long Seq, long? From, bool IsStarred, long? ReplacedAt);

/// <summary>Which files of a group may go.</summary>
/// <remarks>
/// The current edition, the one before and starred ones stay, and of each the editions down to the full one that it
/// changes. Others go seven days after the next one was made.
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
            .. kept.Where(e => !needed.Contains(e.Seq) && e.ReplacedAt is { } at && nowHours - at >= GraceHours)
                .Select(e => e.Seq).Order(),
        ];
    }
}
