namespace Anarchive.Fleet;

/// <summary>What an event of Fleet says: the closed set of records that <see cref="FleetPayloads"/> reads.</summary>
/// <remarks>None has room for a path: names are short lines without slashes, all else is of closed forms.</remarks>
public interface IFleetPayload;
