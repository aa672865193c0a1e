using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Runs of events that were refused in the exchange with a peer, since the start.</summary>
/// <param name="IsHere">This node refused what the peer sent; otherwise the peer refused what it was sent.</param>
public sealed record RefusedNote(GroupId Group, bool IsHere, string Code, long Runs, long LastMs);

/// <summary>What was refused between this node and each peer, and why, for their owners to look at.</summary>
/// <remarks>In memory and bounded: codes from elsewhere are kept only where they look like codes. Any thread.</remarks>
public sealed class RefusalBook(TimeProvider time)
{
    private const int NotesMax = 32;

    private const int CodeMax = 40;

    private readonly ConcurrentDictionary<NodeId, Dictionary<(GroupId, bool, string), (long Runs, long LastMs)>> _notes
        = new();

    /// <summary>Counts each of the codes once.</summary>
    public void Note(NodeId peer, GroupId group, bool isHere, IEnumerable<string> codes)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var code in codes.Select(Known))
        {
            var notes = _notes.GetOrAdd(peer, _ => []);
            lock (notes)
            {
                var key = (group, isHere, code);
                if (!notes.TryGetValue(key, out var known) && notes.Count >= NotesMax) continue;
                notes[key] = (known.Runs + 1, nowMs);
            }
        }
    }

    /// <summary>Of one peer, the last first.</summary>
    public IReadOnlyList<RefusedNote> Of(NodeId peer)
    {
        if (!_notes.TryGetValue(peer, out var notes)) return [];
        lock (notes)
            return
            [
                .. notes.Select(n => new RefusedNote(
                    n.Key.Item1, n.Key.Item2, n.Key.Item3, n.Value.Runs, n.Value.LastMs))
                    .OrderByDescending(n => n.LastMs).ThenBy(n => n.Code, StringComparer.Ordinal),
            ];
    }

    /// <summary>Of a peer that is forgotten nothing is kept.</summary>
    public void Forget(NodeId peer) => _notes.TryRemove(peer, out _);

    private static string Known(string code) =>
        code.Length is > 0 and <= CodeMax && code.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            ? code
            : "unknown";
}
