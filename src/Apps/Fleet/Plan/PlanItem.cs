namespace Anarchive.Fleet;

/// <summary>A device that holds an item, and whether its copy is proven at that epoch.</summary>
public readonly record struct PlanHolder(DeviceId Device, bool IsVerified);

/// <summary>An item as the planning table takes it.</summary>
/// <param name="Policy">A name; the table keeps its number.</param>
/// <param name="MayFace">Public, and of a source that is not closed: the world may learn who has it.</param>
/// <param name="Holders">Devices with all of its bytes, in any order; unknown ones are left out.</param>
public readonly record struct PlanItem(
    ItemId Id, long SizeBytes, string Policy, bool IsStarred, bool MayFace, IReadOnlyList<PlanHolder> Holders);

/// <summary>An edition that the fleet published and keeps giving.</summary>
/// <param name="Subject">Its name; what an override of the duty says.</param>
/// <param name="IsForFriends">Only a device that is a node can tell who asks.</param>
public readonly record struct EditionToSeed(string Subject, bool IsForFriends);

/// <summary>One device after a change, and the items of which it holds something else now.</summary>
public sealed record TableChange(PlanDevice Device, IReadOnlyList<HeldChange> Held);

/// <summary>What a device holds of an item now.</summary>
public readonly record struct HeldChange(ItemId Item, bool IsHeld, bool IsVerified);
