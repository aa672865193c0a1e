using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Finds alerts in one reading after the other. Being behind is no alert, nor is a peer that is away for a while: only
/// what does not mend by itself is, such as a lag that never shrank and grew for some minutes. What is no longer found
/// is over.
/// </summary>
/// <remarks>One thread looks; any thread may read <see cref="Current"/>.</remarks>
public sealed class AlertRules(TimeSpan lagPatience)
{
    private readonly Dictionary<string, Growth> _lags = [];
    private volatile IReadOnlyList<Alert> _current = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Alert> Current => _current;

    /// <summary>What began and what ended with this reading.</summary>
    public IReadOnlyList<AlertChange> Look(AlertReading reading)
    {
        var before = _current.ToDictionary(a => a.Key);
        var found = Find(reading)
            .Select(a => before.TryGetValue(a.Key, out var known) ? a with { SinceMs = known.SinceMs } : a)
            .OrderBy(a => a.SinceMs).ThenBy(a => a.Key, StringComparer.Ordinal).ToList();
        var now = found.Select(a => a.Key).ToHashSet();
        _current = found;
        return
        [
            .. found.Where(a => !before.ContainsKey(a.Key)).Select(a => new AlertChange(a, IsOver: false)),
            .. before.Values.Where(a => !now.Contains(a.Key)).Select(a => new AlertChange(a, IsOver: true)),
        ];
    }

    private List<Alert> Find(AlertReading reading)
    {
        var found = new List<Alert>();
        var watched = new HashSet<string>();
        foreach (var peer in reading.Peers)
        {
            // Whoever only calls, or is paused, may be well though no dial of ours has reached it.
            var isInError = peer.State == PeerState.OutOfReach
                && peer.FailuresInARow >= Limits.FailuresBeforeError;
            if (isInError)
                found.Add(new Alert("peer_in_error", peer.Name, peer.Why, peer.Remedy, reading.NowMs, peer.Id));
            // Of a peer that cannot be reached the lag says nothing more.
            else if (Grows($"peer {peer.Id}", peer.BehindBy, reading.NowMs, watched))
                found.Add(new Alert(
                    "lag_grows", peer.Name,
                    $"It falls further behind: {Events(peer.BehindBy)} wait for it.",
                    "See its page, and ask its owner to run doctor.", reading.NowMs, peer.Id));
        }

        foreach (var (name, lag) in reading.GroupLags)
            if (Grows($"group {name}", lag, reading.NowMs, watched))
                found.Add(new Alert(
                    "lag_grows", name,
                    $"This node falls further behind: {Events(lag)} are announced and not here.",
                    "Run doctor here: the disk or the way to its members is slow.", reading.NowMs, null));
        if (reading.DiskFreeBytes < DiskSpace.LowBytes)
            found.Add(new Alert(
                "disk_low", "this node", $"{reading.DiskFreeBytes / (1024 * 1024)} MB are free where its data is.",
                "Make room: a full disk stops the node.", reading.NowMs, null));
        foreach (var gone in _lags.Keys.Where(key => !watched.Contains(key)).ToList()) _lags.Remove(gone);
        return found;
    }

    /// <summary>True where a lag has not shrunk for so long and is larger than it was then.</summary>
    private bool Grows(string key, long lag, long nowMs, HashSet<string> watched)
    {
        watched.Add(key);
        if (lag == 0 || !_lags.TryGetValue(key, out var known) || lag < known.Last)
        {
            _lags[key] = new Growth(nowMs, lag, lag);
            return false;
        }

        _lags[key] = known with { Last = lag };
        return lag > known.First && nowMs - known.SinceMs >= lagPatience.TotalMilliseconds;
    }

    private static Sentence Events(long count) => count switch
    {
        1 => (Sentence)"1 event",
        _ => $"{count} events",
    };

    private sealed record Growth(long SinceMs, long First, long Last);
}
