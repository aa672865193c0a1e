namespace Anarchive.Net;

/// <summary>How good a file is, by what fleets agree on.</summary>
/// <param name="Probe">What most of them read from the file; null where none did.</param>
/// <param name="Agreeing">Fleets that read so, of <paramref name="Probed"/> that read anything.</param>
/// <param name="Defects">Named by at least two fleets.</param>
/// <param name="Grade">The median of at least three; null below.</param>
/// <param name="Graded">Fleets that gave a grade.</param>
public sealed record MergedQuality(
    ProbedFile? Probe, int Agreeing, int Probed, IReadOnlyList<Defect> Defects, int? Grade, int Graded);

/// <inheritdoc cref="MergedQuality"/>
public static class QualityMerge
{
    private const int FleetsMin = 2;
    private const int GradesMin = 3;

    /// <param name="votes">One per fleet.</param>
    public static MergedQuality Merge(IReadOnlyCollection<QualityObserved> votes)
    {
        // Equal probes have equal bytes; of several as frequent ones the first in their order.
        var probes = votes.Select(v => v.Probe).OfType<ProbedFile>().ToList();
        var agreeing = probes.GroupBy(p => Convert.ToHexString(NetPayloads.Bytes(p)), StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .FirstOrDefault()?.ToList() ?? [];
        var defects = votes.SelectMany(v => v.Defects.Distinct())
            .GroupBy(d => d).Where(g => g.Count() >= FleetsMin).Select(g => g.Key).Order();
        var grades = votes.Select(v => v.Grade).OfType<int>().Order().ToArray();
        var grade = grades.Length >= GradesMin ? grades[(grades.Length - 1) / 2] : (int?)null;
        return new MergedQuality(
            agreeing.FirstOrDefault(), agreeing.Count, probes.Count, [.. defects], grade, grades.Length);
    }
}
