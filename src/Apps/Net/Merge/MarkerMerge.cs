namespace Anarchive.Net;

/// <summary>Turns fleets' votes on one marker into one answer.</summary>
/// <remarks>
/// Integers in per mille, and free of the order in which votes come, so that every node computes alike. Votes agree
/// where start, end and the file's length lie within two seconds. A cluster's score is one less the chance that all of
/// its votes are wrong, were each right as often as its weight says; what several agree on is shrunk to what all of
/// them cover, by a second at most, so that nothing of the episode is skipped.
/// </remarks>
public static class MarkerMerge
{
    /// <summary>How far apart two votes may lie that mean the same.</summary>
    public const long NearMs = 2_000;

    private const long ShrinkMs = 1_000;
    private const long TheOtherWayMs = 1_500;
    private const int AutoScore = 900;
    private const int AutoFleets = 3;
    private const int ButtonScore = 600;
    private const int ScoreMax = 1_000;

    /// <summary>Merges one vote per fleet.</summary>
    public static MergedMarker Merge(IEnumerable<MarkerVote> votes, MergeQuestion question)
    {
        var counted = new List<MarkerVote>();
        var left = new List<(MarkerVote, SetAside)>();
        foreach (var vote in votes)
        {
            if (vote.Conf < question.ConfMin) left.Add((vote, SetAside.Unsure));
            else if (IsOtherCut(vote, question)) left.Add((vote, SetAside.OtherCut));
            else counted.Add(vote);
        }

        var clusters = Clusters(counted, question.Theme);
        var merged = clusters is [var best, ..] && !best.IsContradicted
            ? Decide(best, clusters, question)
            : (MergeLevel.Hidden, null, null);
        if (merged is (MergeLevel.Hidden, null, null) && OwnWord(clusters) is null
            && Located(left, question) is { } located)
        {
            // The votes know another cut; the theme says where this file has it.
            clusters = [located, .. clusters];
            merged = (LevelOf(located, null, question), question.Theme!.Value.StartMs, question.Theme.Value.EndMs);
        }

        left.Sort((a, b) => Order(a.Item1, b.Item1));
        return new MergedMarker(merged.Level, merged.Start, merged.End, clusters, left);
    }

    /// <summary>Weights of votes that agree, as one score from 0 to 1,000.</summary>
    public static int Score(IEnumerable<int> weights)
    {
        var sorted = weights.ToArray();
        Array.Sort(sorted);
        // In millionths, truncated after each step from the heaviest on: alike on every machine.
        long doubt = 1_000_000;
        for (var i = sorted.Length - 1; i >= 0; i--) doubt = doubt * (ScoreMax - sorted[i]) / ScoreMax;
        return (int)((1_000_000 - doubt) / 1_000);
    }

    private static bool IsOtherCut(MarkerVote vote, MergeQuestion question) =>
        question.DurationMs is { } local && Math.Abs(vote.DurationMs - local) > NearMs;

    /// <summary>
    /// The pivot with most votes near it, ties by start, then end; without them again, until none is left.
    /// </summary>
    private static List<MarkerCluster> Clusters(List<MarkerVote> votes, LocatedTheme? theme)
    {
        var rest = votes.Where(v => !v.Absent).ToList();
        rest.Sort(Order);
        var clusters = new List<MarkerCluster>();
        while (rest.Count > 0)
        {
            var pivot = rest.Count == 1 ? rest[0] : Pivot(rest);
            clusters.Add(Cluster(rest.FindAll(v => IsNear(pivot, v)), false, theme));
            rest.RemoveAll(v => IsNear(pivot, v));
        }

        var none = votes.FindAll(v => v.Absent);
        none.Sort(Order);
        if (none.Count > 0) clusters.Add(Cluster(none, true, null));
        if (clusters.Count < 2) return clusters;
        // A cluster that the file's own sound contradicts decides nothing, whatever its score.
        return [.. clusters.OrderBy(c => c.IsContradicted).ThenByDescending(c => c.Score)];
    }

    private static MarkerVote Pivot(List<MarkerVote> votes)
    {
        var most = 0;
        var pivot = votes[0];
        foreach (var candidate in votes)
        {
            var near = 0;
            foreach (var vote in votes)
                if (IsNear(candidate, vote)) near++;
            if (near > most) (most, pivot) = (near, candidate);
        }

        return pivot;
    }

    private static MarkerCluster Cluster(List<MarkerVote> votes, bool absent, LocatedTheme? theme)
    {
        var score = Score(votes.Select(v => v.Weight));
        if (theme is not { } located) return new MarkerCluster(votes, absent, score, false, false);
        var (start, end) = Bounds(votes);
        var agrees = Math.Abs(start - located.StartMs) <= TheOtherWayMs
            && Math.Abs(end - located.EndMs) <= TheOtherWayMs;
        var isVerified = agrees && votes.Any(v => located.SpeaksFor(v.Fleet));
        // Whoever corrects what was heard says that it was heard wrong.
        var isContradicted = !agrees && located.MayContradict && !votes.Any(IsOwnWord);
        return new MarkerCluster(votes, absent, isVerified ? Verified(score) : score, isVerified, isContradicted);
    }

    private static int Verified(int score) => Math.Min(ScoreMax, score * 6 / 5);

    private static bool IsNear(MarkerVote a, MarkerVote b) =>
        Math.Abs(a.StartMs - b.StartMs) <= NearMs
        && Math.Abs(a.Stop - b.Stop) <= NearMs
        && Math.Abs(a.DurationMs - b.DurationMs) <= NearMs;

    private static (MergeLevel Level, long? Start, long? End) Decide(
        MarkerCluster best, List<MarkerCluster> clusters, MergeQuestion question)
    {
        // What the owner of this node set by hand holds here, whatever others say.
        if (OwnWord(clusters) is { } word)
            return word.Absent
                ? (MergeLevel.Hidden, null, null)
                : (MergeLevel.AutoSkip, word.StartMs, word.Stop);
        if (best.Absent) return (MergeLevel.Hidden, null, null);
        var second = clusters.Skip(1).FirstOrDefault(c => !c.IsContradicted);
        var (start, end) = Bounds(best.Votes);
        return (LevelOf(best, second, question), start, end);
    }

    private static MarkerVote? OwnWord(List<MarkerCluster> clusters) =>
        clusters.SelectMany(c => c.Votes).Where(IsOwnWord).Select(v => (MarkerVote?)v).FirstOrDefault();

    private static bool IsOwnWord(MarkerVote vote) => vote is { Ring: VoterRing.Own, Method: Method.Manual };

    private static MergeLevel LevelOf(MarkerCluster best, MarkerCluster? second, MergeQuestion question)
    {
        var seen = best.Votes.Count(v => !v.IsImport);
        var isOwn = best.Votes.Any(v => v.Ring == VoterRing.Own && !v.IsImport);
        var isDisputed = second is not null && 2 * second.Score >= best.Score;
        if (best.Score >= AutoScore && !isDisputed && (isOwn || best.IsVerified || seen >= AutoFleets))
            return MergeLevel.AutoSkip;
        return isOwn || (best.Score >= ButtonScore && best.Sources >= question.SourcesMin)
            ? MergeLevel.Button
            : MergeLevel.Hidden;
    }

    /// <summary>Votes of another cut whose marker is as long as the theme that was located here.</summary>
    private static MarkerCluster? Located(List<(MarkerVote Vote, SetAside Why)> left, MergeQuestion question)
    {
        if (question.Theme is not { } theme) return null;
        var votes = left.Where(l => l.Why == SetAside.OtherCut && !l.Vote.Absent).Select(l => l.Vote)
            .Where(v => Math.Abs(v.Stop - v.StartMs - (theme.EndMs - theme.StartMs)) <= NearMs).ToList();
        if (!votes.Any(v => theme.SpeaksFor(v.Fleet))) return null;
        votes.Sort(Order);
        return new MarkerCluster(votes, false, Verified(Score(votes.Select(v => v.Weight))), true, false);
    }

    /// <summary>Medians, of two middles the inner one, shrunk towards what all votes cover.</summary>
    private static (long Start, long End) Bounds(IReadOnlyList<MarkerVote> votes)
    {
        var starts = votes.Select(v => v.StartMs).Order().ToArray();
        var ends = votes.Select(v => v.Stop).Order().ToArray();
        var start = starts[starts.Length / 2];
        var end = ends[(ends.Length - 1) / 2];
        return (Math.Min(starts[^1], start + ShrinkMs), Math.Max(ends[0], end - ShrinkMs));
    }

    private static int Order(MarkerVote a, MarkerVote b)
    {
        var by = a.StartMs.CompareTo(b.StartMs);
        if (by == 0) by = a.Stop.CompareTo(b.Stop);
        if (by == 0) by = a.DurationMs.CompareTo(b.DurationMs);
        return by != 0 ? by : string.CompareOrdinal(a.Fleet, b.Fleet);
    }
}
