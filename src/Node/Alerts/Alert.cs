using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Something the owner has to know of, for as long as it lasts.</summary>
/// <param name="Code">Stable: <c>lag_grows</c>, <c>peer_in_error</c> or <c>disk_low</c>.</param>
/// <param name="Subject">What it is about: a peer, a hive, or this node.</param>
/// <param name="Why">Its cause.</param>
/// <param name="Remedy">What the owner can do about it.</param>
/// <param name="SinceMs">When it was found.</param>
/// <param name="Peer">Null where it is about none.</param>
public sealed record Alert(string Code, string Subject, Sentence Why, Sentence Remedy, long SinceMs, NodeId? Peer)
{
    /// <summary>Why, in English.</summary>
    public string Cause => Why.ToString();

    /// <summary>What to do, in English.</summary>
    public string Action => Remedy.ToString();

    /// <summary>Two findings with one key are the same alert.</summary>
    internal string Key => $"{Code} {Peer?.ToString() ?? Subject}";
}

/// <summary>An alert that has just begun, or ended.</summary>
public sealed record AlertChange(Alert Alert, bool IsOver);

/// <summary>What alerts are judged by.</summary>
/// <param name="GroupLags">By name: events announced by a peer that are not here.</param>
public sealed record AlertReading(
    long NowMs, IReadOnlyList<PeerView> Peers, IReadOnlyDictionary<string, long> GroupLags, long DiskFreeBytes);
