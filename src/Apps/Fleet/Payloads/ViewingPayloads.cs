namespace Anarchive.Fleet;

/// <summary>How far somebody came in an item, on the writer's device. Payload of <c>viewing_set</c>.</summary>
/// <remarks>When is the event's clock. It names the item by its content alone, and never who it was.</remarks>
/// <param name="PositionMs">Null for an item that is forgotten: as if nobody had watched it.</param>
/// <param name="DurationMs">With a position alone.</param>
/// <param name="WatchedMs">When it was last watched to its end, in Unix milliseconds; null where it never was.</param>
public sealed record ViewingSet(
    ItemId Item, long? PositionMs = null, long? DurationMs = null, long? WatchedMs = null) : IFleetPayload;

/// <summary>The fleet's last word on how far somebody came in an item.</summary>
/// <param name="On">Whose word it is.</param>
/// <param name="AtMs">Unix milliseconds, by that device's clock.</param>
public sealed record ToldViewing(ViewingSet Said, DeviceId On, long AtMs);
