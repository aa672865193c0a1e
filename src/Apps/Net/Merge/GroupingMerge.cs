namespace Anarchive.Net;

/// <summary>Which episode a file is, by plurality.</summary>
public static class GroupingMerge
{
    private const int FleetsMin = 2;

    /// <summary>
    /// What at least two fleets and two thirds of all say; null where they differ, and the local answer stands.
    /// </summary>
    /// <param name="votes">One per fleet.</param>
    public static GroupingVote? Merge(IReadOnlyCollection<GroupingVote> votes)
    {
        var groups = votes.GroupBy(v => v.Text, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
        return groups is [var first, ..] && first.Count() >= FleetsMin && 3 * first.Count() >= 2 * votes.Count
            ? first.First()
            : null;
    }
}

/// <summary>A fleet's word on which episode a file is; equal words have equal texts.</summary>
public readonly record struct GroupingVote(
    string Work, GroupingKind Kind, int Season, IReadOnlyList<int> Episodes, int? FilePart)
{
    internal string Text => $"{Work} {Kind} {Season} {string.Join(',', Episodes)} {FilePart}";

    /// <summary>Several works mean the same: the first in ordinal order stands for them.</summary>
    public static GroupingVote Of(GroupingObserved said) => new(
        said.Work.Order(StringComparer.Ordinal).First(), said.Kind, said.Season, said.Episodes, said.FilePart);
}
