namespace Anarchive.Fleet;

/// <summary>One who can give a torrent's bytes.</summary>
/// <param name="Device">Null for who is known by an address alone.</param>
/// <param name="Address">As the fleet knows it; null where nobody told.</param>
/// <param name="CompletePermille">1000 for all of it; null where it is not known.</param>
/// <param name="VerifiedMs">When its bytes were last proven; Unix milliseconds.</param>
/// <param name="Provenance">Who said so, as <c>origin:seq</c>; in order.</param>
public sealed record KnownSource(
    PeerVia Via, DeviceId? Device, string? Address, IReadOnlyList<string> Transports, int? CompletePermille,
    Evidence? Evidence, long? VerifiedMs, int? UptimePermille, IReadOnlyList<string> Provenance);

/// <summary>Somebody outside of the fleet, as a friend or the DHT named it.</summary>
public sealed record OutsidePeer(PeerVia Via, string Address, string Provenance);

/// <summary>Peers that were not named, and why: a code of <see cref="Gates.WithheldFor"/>.</summary>
public sealed record Withheld(PeerVia Via, string Reason);

/// <summary>Who can give a torrent's bytes, as far as the caller may know.</summary>
public sealed record PeersAnswer(
    string InfoHash, TorrentScope Scope, IReadOnlyList<KnownSource> Peers, IReadOnlyList<DeviceId> Custodians,
    IReadOnlyList<Withheld> Withheld);

/// <summary>What an answer needs beyond the fleet's log.</summary>
/// <param name="NowMs">Unix milliseconds.</param>
/// <param name="BroadcastHost">The one device that friends are sent to; null where no device has that duty.</param>
/// <param name="AddressOf">Of a device, as this node dials it.</param>
/// <param name="ProvenanceOf">Who said what the fleet knows of a device and an item, as <c>origin:seq</c>.</param>
/// <param name="OptedIn">The owner agreed that the DHT is asked for this torrent.</param>
public sealed record PeersFacts(
    long NowMs, DeviceId? BroadcastHost, Func<DeviceId, string?> AddressOf,
    Func<ItemId, DeviceId, IReadOnlyList<string>> ProvenanceOf, bool OptedIn, IReadOnlyList<OutsidePeer> Outside);
