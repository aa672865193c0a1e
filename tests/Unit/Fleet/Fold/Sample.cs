using System.Globalization;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>Values for tests of the fold, and all that a state says as one text.</summary>
internal static class Sample
{
    public static VolumeId Volume(int number) => new((UInt128)number);

    public static Hash256 Hash(int number) => Hash256.Sha256(BitConverter.GetBytes(number));

    public static ItemId Item(int number) => Described(number).Item;

    public static DescribedItem Described(
        int number, Privacy privacy = Privacy.Unknown, string policy = "default", string? v1 = null,
        string? source = null) =>
        new(ItemId.Of(1000 + number, Hash(number)), 1000 + number, 16384, Hash(number), privacy, policy, v1,
            Source: source);

    public static DeviceDeclared Device(
        string name, DeviceClass @class = DeviceClass.AlwaysOn, string zone = "home", DeviceId? device = null,
        NodeId? steward = null) =>
        new(name, @class, zone, Offsite: false, ["ssh", "torrents"], ["bt", "http"], device, steward);

    /// <summary>Without the order of dictionaries, so that equal states tell the same.</summary>
    public static string Told(FleetState state)
    {
        var told = new StringBuilder();
        void Tell(string what, IEnumerable<string> rows)
        {
            foreach (var row in rows.Order(StringComparer.Ordinal))
                told.Append(CultureInfo.InvariantCulture, $"{what} {row}\n");
        }

        Tell("device", state.Devices.Values.Select(d =>
            $"{d with { Services = [], Transports = [] }} {string.Join(',', d.Services.Concat(d.Transports))}"));
        Tell("volume", state.Volumes.Values.Select(v => $"{v}"));
        Tell("item", state.Items.Values.Select(i => $"{i}"));
        Tell("policy", state.Policies.Values.Select(p => $"{p}"));
        Tell("source", state.Sources.Values.Select(s => $"{s}"));
        Tell("probe", state.Probes.Select(p =>
            $"{p.Subject} {p.Observer} {p.State} {p.UptimePermille} {p.AtMs} {string.Join(',', p.Flags)}"));
        Tell("override", state.Overrides.Select(o => $"{o}"));
        Tell("torrent", state.Torrents.Select(t => $"{t}"));
        Tell("release", state.Releases.Select(r => $"{r}"));
        Tell("lock", state.Locks.Select(l => $"{l}"));
        Tell("baton", state.Batons.Values.Select(b => $"{b}"));
        Tell("viewing", state.Viewings.Values.Select(v => $"{v}"));
        // The order of an item's holdings is part of the state.
        Tell("holdings", state.HeldItems.Select(i => $"{i} {string.Join(" | ", state.HoldingsOf(i))}"));
        Tell("pin", state.HeldItems.Concat(state.Items.Keys).Distinct().Select(i =>
            $"{i} {state.PinOf(i)} {string.Join(',', state.Devices.Keys.Order().Select(d => state.PinOf(i, d)))}"));
        return told.ToString();
    }
}
