using System.Collections.Frozen;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Fleet: the owner's devices, what each holds, and what each has to do.</summary>
public static class FleetApp
{
    /// <summary>The kind of group this application folds: one owner's devices.</summary>
    public const string GroupKind = "fleet";

    public static Kind DeviceDeclared { get; } = new("device_declared");

    public static Kind VolumeDeclared { get; } = new("volume_declared");

    public static Kind DeviceStateSet { get; } = new("device_state_set");

    public static Kind ItemsDescribed { get; } = new("items_described");

    public static Kind PolicySet { get; } = new("policy_set");

    public static Kind SourceSet { get; } = new("source_set");

    public static Kind HoldingsSet { get; } = new("holdings_set");

    public static Kind ChallengeAnswered { get; } = new("challenge_answered");

    public static Kind PinSet { get; } = new("pin_set");

    public static Kind ProbeReported { get; } = new("probe_reported");

    public static Kind ReleaseIntended { get; } = new("release_intended");

    public static Kind ReleaseEnded { get; } = new("release_ended");

    public static Kind LockGranted { get; } = new("lock_granted");

    public static Kind BatonAccepted { get; } = new("baton_accepted");

    public static Kind DutyOverridden { get; } = new("duty_overridden");

    public static Kind TorrentStateSet { get; } = new("torrent_state_set");

    public static Kind ViewingSet { get; } = new("viewing_set");

    /// <summary>The kinds that this application reads.</summary>
    public static IReadOnlySet<Kind> Kinds { get; } = new[]
    {
        DeviceDeclared, VolumeDeclared, DeviceStateSet, ItemsDescribed, PolicySet, SourceSet, HoldingsSet,
        ChallengeAnswered, PinSet, ProbeReported, ReleaseIntended, ReleaseEnded, LockGranted, BatonAccepted,
        DutyOverridden, TorrentStateSet, ViewingSet,
    }.ToFrozenSet();
}
