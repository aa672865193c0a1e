using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What would become of an asking, or did.</summary>
/// <param name="Code">Why it cannot be; null where it can.</param>
/// <param name="FreeBytes">Of the friend's room, as it just said.</param>
/// <param name="IsAsked">The friend is asked to keep it from now on.</param>
public sealed record KeepProposal(
    ItemId Item, NodeId Friend, long SizeBytes, long FreeBytes, string? Code, bool IsAsked);

/// <summary>The owner's words on what friends keep for this fleet. Nothing is sent before one says so.</summary>
public sealed class FriendKeep(
    FriendBook friends, FriendCare care, FriendItems gate, FriendTick tick, RingBook rings, FleetBook book,
    FleetDesk desk, ItemStore store, PeerClient client, TimeProvider time)
{
    /// <summary>It may not leave the fleet.</summary>
    public const string ItemPrivate = "item_private";

    /// <summary>A code: this device has no copy that the friend could fetch.</summary>
    public const string NoCopyHere = "no_copy_here";

    /// <summary>A code: the friend lends nothing.</summary>
    public const string NothingLent = "nothing_lent";

    /// <summary>What the fleet's log calls every friend.</summary>
    internal const string DeviceName = "a friend";

    public static Problem UnknownFriend { get; } = new(
        "friend_unknown", 404, "That node is no friend of this device: pair the two first.");

    private static Problem UnknownItem { get; } = new("fleet_unknown_item", 404, "The fleet knows no such item.");

    /// <summary>
    /// Says whether a friend could keep an item, and has it do so. Durable when it returns; the copy counts once it
    /// was fetched and proven.
    /// </summary>
    /// <param name="isOwn">The owner says that the item is their own; see <see cref="Gates.MayLend"/>.</param>
    /// <returns>The proposal, or <c>friend_unknown</c>, <c>fleet_unknown_item</c>, or why the log refuses.</returns>
    public async Task<(KeepProposal? Proposal, Problem? Problem)> KeepAsync(
        ItemId item, NodeId friend, bool isOwn, bool apply, CancellationToken cancellation)
    {
        if (!rings.IsFriend(friend)) return (null, UnknownFriend);
        if (book.Read(state => state.Items.GetValueOrDefault(item)) is not { } known) return (null, UnknownItem);
        var (loan, silence) = await HearAsync(friend, cancellation);
        var free = loan is null ? 0 : Math.Max(0, loan.Bytes - loan.Used);
        var code = !gate.MayLend(item, isOwn) ? ItemPrivate
            : store.Find(item) is null ? NoCopyHere
            : silence ?? (loan!.EndsS is not null ? LoanCodes.Ending
                : free < known.SizeBytes && friends.Find(friend, item) is not { IsWanted: true } ? LoanCodes.Full
                : null);
        var proposal = new KeepProposal(item, friend, known.SizeBytes, free, code, IsAsked: false);
        if (code is not null || !apply) return (proposal, null);
        if (await DeviceOfAsync(friend, loan!, cancellation) is { } problem) return (null, problem);
        var before = friends.Find(friend, item);
        await friends.PutAsync(
            new FriendCopy(
                friend, item, isOwn || before is { IsOwn: true },
                before is { IsWanted: true } ? before.State : FriendCopy.Asked, null,
                before is { IsWanted: true } ? before.ProvenMs : 0),
            cancellation);
        tick.Wake();
        return (proposal with { IsAsked = true }, null);
    }

    /// <summary>What the friend lends; else why that is not known, as a code.</summary>
    private async Task<(LoanReply? Loan, string? Code)> HearAsync(NodeId friend, CancellationToken cancellation)
    {
        try
        {
            return (await client.LoanAsync(friend, cancellation), null);
        }
        catch (PeerException silent)
        {
            return (null, silent.Failure == Failure.NotFound ? NothingLent : FriendReleases.Silent);
        }
    }

    /// <summary>Declares the friend's room as a device of the fleet, where that was not done yet.</summary>
    private async Task<Problem?> DeviceOfAsync(NodeId friend, LoanReply loan, CancellationToken cancellation)
    {
        if (friends.Find(friend) is not null) return null;
        // As this device calls the friend is no business of the log that all devices of the fleet read.
        if (await desk.OpenAsync(cancellation) is not { } group) return FleetDesk.None;
        var (device, refused) = await desk.FoundDeviceAsync(
            new DeviceDeclared(
                DeviceName, DeviceClass.Desktop, ZoneOf(group, friend), Offsite: true, [Device.FriendService],
                ["http"]),
            dryRun: false, cancellation);
        if (device is not { } id) return refused ?? FleetDesk.None;
        var volume = VolumeMarker.NewId();
        var bytes = Math.Clamp(loan.Bytes, 0, FleetLimits.NumberMax);
        var made = new FriendDevice(
            friend, id, volume, bytes, Math.Clamp(bytes - loan.Used, 0, bytes), null,
            time.GetUtcNow().ToUnixTimeMilliseconds());
        await friends.PutAsync(made, cancellation);
        return await care.DeclareAsync(made, cancellation);
    }

    /// <summary>
    /// The same for whichever device of the fleet has that friend as its own, so that two copies there are in one zone;
    /// it names nobody.
    /// </summary>
    internal static string ZoneOf(GroupId fleet, NodeId friend) => "friend " + Hash256.Sha256(
        [.. Domains.FriendZone, .. fleet.Value.ToArray(), .. friend.Value.ToArray()]).ToString()[..12];
}
