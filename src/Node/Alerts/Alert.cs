using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Something the owner has to know of, for as long as it lasts.</summary>
/// <param name="Code">Stable: <c>lag_grows</c>, <c>peer_in_error</c> or <c>disk_low</c>.</param>
/// <param name="Subject">What it is about: a peer, a hive, or this node.</param>
/// <param name="SinceMs">When it was found.</param>
/// <param name="Peer">Null where it is about none.</param>
public sealed record Alert(string Code, string Subject, string Cause, string Action, long SinceMs, NodeId? Peer)
{
    /// <summary>Two findings with one key are the same alert.</summary>
    internal string Key => $"{Code} {Peer?.ToString() ?? Subject}";
}

/// <summary>An alert that has just begun, or ended.</summary>
public sealed record AlertChange(Alert Alert, bool IsOver);

/// <summary>What alerts are judged by.</summary>
/// <param name="GroupLags">By name: events announced by a peer that are not here.</param>
public sealed record AlertReading(
    long NowMs, IReadOnlyList<PeerView> Peers, IReadOnlyDictionary<string, long> GroupLags, long DiskFreeBytes);
