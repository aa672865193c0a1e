using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>Two machines at home, a seedbox, a dead machine, and a torrent of one file that all of them hold.</summary>
internal sealed class SmallFleet
{
    public const long Now = 1_790_000_000_000;
    public const string FriendAddress = "https://friend.example:7421";
    public const string StrangerAddress = "203.0.113.9:6881";

    public static readonly string V1 = new('1', 40);
    public static readonly string V2 = new('2', 64);

    public static readonly DeviceId Nas = Id(1);
    public static readonly DeviceId Desk = Id(2);
    public static readonly DeviceId Seedbox = Id(3);
    public static readonly DeviceId Dead = Id(4);

    private static readonly VolumeId Volume = new(1);

    public FleetState State { get; } = new(default);

    public IReadOnlyList<OutsidePeer> Outside { get; set; } =
    [
        new(PeerVia.Friend, FriendAddress, "friend:1"), new(PeerVia.Dht, StrangerAddress, "dht"),
    ];

    public bool OptedIn { get; set; } = true;

    public DeviceId? BroadcastHost { get; set; } = Nas;

    public static DeviceId Id(byte n) => new(Hash256.Sha256([n]));

    public static string AddressOf(DeviceId device) => $"https://{device.ToString()[..8]}.example:7421";

    public static Item ItemOf(Privacy privacy, string? source, string? v1, string? v2, byte n = 1)
    {
        var root = Hash256.Sha256([n, 7]);
        return new Item(ItemId.Of(1000, root), 1000, 16384, root, v1, v2, privacy, source, Policy.DefaultName);
    }

    /// <summary>All four devices hold that item; the dead one's word counts no more.</summary>
    public SmallFleet With(Item item, bool hasSeedbox = true)
    {
        Put(Nas, DeviceClass.AlwaysOn, DeviceState.Active);
        Put(Desk, DeviceClass.Desktop, DeviceState.Draining);
        if (hasSeedbox) Put(Seedbox, DeviceClass.Seedbox, DeviceState.Active);
        Put(Dead, DeviceClass.AlwaysOn, DeviceState.Dead);
        State.Put(item);
        Hold(item.Id, Nas, Now - 1);
        Hold(item.Id, Desk, Now - 2);
        if (hasSeedbox) Hold(item.Id, Seedbox, Now - 3);
        Hold(item.Id, Dead, Now - 4);
        return this;
    }

    public void Hold(ItemId item, DeviceId device, long? provenMs, HoldingState state = HoldingState.Present) =>
        State.Put(new Holding(item, device, Volume, 1, state, provenMs, 0, provenMs));

    public PeersAnswer? Ask(string infoHash, CallerRing caller) => PeersFor.Answer(
        infoHash, caller, State, new PeersFacts(
            Now, BroadcastHost, AddressOf, (_, device) => [$"{device.ToString()[..8]}:1"], OptedIn, Outside));

    private void Put(DeviceId id, DeviceClass kind, DeviceState state) => State.Put(
        new Device(id, "a device", kind, "home", false, [], ["bt", "http", "rsync"], null, state));
}
