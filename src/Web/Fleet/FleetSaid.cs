using Anarchive.Fleet;

namespace Anarchive.Web;

/// <summary>Sentences and shapes of the pages about the fleet, one per state.</summary>
internal static class FleetSaid
{
    public static string Class(DeviceClass kind) => kind switch
    {
        DeviceClass.AlwaysOn => "always on",
        DeviceClass.Desktop => "desktop",
        DeviceClass.Laptop => "laptop",
        DeviceClass.Phone => "phone",
        DeviceClass.Seedbox => "seedbox",
        _ => "archive",
    };

    /// <summary>A device's state: what the owner said where that matters, else how it was last heard of.</summary>
    public static (string Word, string Shape, string Tone) State(DeviceStandingView device) => device switch
    {
        { State: DeviceState.Dead } => ("Dead", "out-of-reach", "bad"),
        { State: DeviceState.Retired } => ("Retired", "paused", "soft"),
        { State: DeviceState.Draining } => ("Draining", "frozen", "busy"),
        { IsArchive: true } => ("On the shelf", "here", "soft"),
        { Heard: null, IsSelf: true } => ("Here", "in-step", "good"),
        { Heard: null } => ("Not heard of yet", "here", "soft"),
        { Heard: Fleet.Reachability.Up } => ("Up", "in-step", "good"),
        { Heard: Fleet.Reachability.Suspect } => ("Silent for a moment", "catching-up", "busy"),
        { Heard: Fleet.Reachability.Away } => ("Away for a day", "stalled", "warn"),
        _ => ("Lost for three days", "out-of-reach", "bad"),
    };

    /// <summary>Whether a copy counts, in two words, with a shape.</summary>
    public static (string Word, string Shape, string Tone) Copy(string why) => why switch
    {
        "counts" => ("counts", "in-step", "good"),
        "unproven" => ("not proven yet", "catching-up", "busy"),
        "proof_old" => ("proof too old", "catching-up", "busy"),
        "partial" => ("part of it", "catching-up", "busy"),
        "quarantined" => ("set aside", "frozen", "warn"),
        "gone" => ("gone", "here", "soft"),
        "volume_absent" => ("disk not there", "out-of-reach", "bad"),
        "device_lost" => ("out of reach", "out-of-reach", "bad"),
        "seldom_up" => ("seldom up", "stalled", "warn"),
        "class_never_counts" => ("never counts", "paused", "soft"),
        "device_out" => ("device is out", "paused", "soft"),
        _ => ("device unknown", "here", "soft"),
    };

    /// <summary>Why a copy counts or not, in a sentence.</summary>
    public static string Why(string why) => why switch
    {
        "counts" => "All of it was read, or proven since, within the time that proof lasts.",
        "unproven" => "Nobody has read all of it yet.",
        "proof_old" => "It was proven too long ago: it is to be read again.",
        "partial" => "Only part of it is there.",
        "quarantined" => "It was let go, and lies aside for seven days.",
        "gone" => "It is no more.",
        "volume_absent" => "The disk it lies on is not there; nothing is deleted for that.",
        "device_lost" => "The device has been out of reach for three days.",
        "seldom_up" => "The device is up for less than half of the time.",
        "class_never_counts" => "Laptops and phones come and go: their copies never count.",
        "device_out" => "The device is retired or dead.",
        _ => "The device was never declared.",
    };

    public static string Duty(string duty) => duty switch
    {
        DutyNames.BroadcastHost => "answers friends",
        DutyNames.Prober => "looks after others",
        DutyNames.EditionSeeder => "gives editions",
        DutyNames.Research => "searches",
        _ => duty,
    };

    /// <summary>Why an item cannot have its copies, as a sentence's end.</summary>
    public static string ShortOf(Constraint why) => why switch
    {
        Constraint.Source => "no device that can be reached has it.",
        Constraint.Devices => "every device that may keep it has it.",
        Constraint.Capacity => "no volume has room for it.",
        Constraint.Zones => "there are too few zones.",
        _ => "there are too few devices elsewhere.",
    };

    /// <summary>Why a copy stays, or how its release ended, as a sentence.</summary>
    public static string Outcome(string code) => code switch
    {
        ReleaseCodes.Purged => "Deleted, after the whole check was made again.",
        ReleaseCodes.TakenBack => "You wanted it after all.",
        ReleaseCodes.FloorUnmet => "There are too few copies elsewhere.",
        ReleaseCodes.CopiesUnverified => "Not all copies elsewhere are proven lately.",
        ReleaseCodes.CopiesUnlockable => "Too many of the other copies lie where nobody can lock them.",
        ReleaseCodes.LocksMissing => "Not all of the others promised to keep theirs.",
        ReleaseCodes.LockedForOther => "Another device relies on this copy.",
        ReleaseCodes.AlreadyReleasing => "It is being let go already.",
        ReleaseCodes.Frozen => "Much went at once: nothing is let go until you look.",
        ReleaseCodes.VolumeAbsent => "Its disk is not there: nothing was removed.",
        ReleaseCodes.Abandoned => "This device restarted in the middle: the copy stays.",
        ReleaseCodes.TooLate => "The promises of the others were too old by then.",
        ReleaseCodes.StillReferred => "A torrent, or a star on this device, needs the file.",
        ReleaseCodes.BytesMissing => "Somebody else took the file away.",
        ReleaseCodes.DiskRefused => "The disk refused it.",
        ReleaseCodes.LockNotHeld => "This device has no whole copy of it.",
        _ => "It stays.",
    };

    /// <summary>Where a release in flight is.</summary>
    public static string Stage(ReleaseStage stage) => stage switch
    {
        ReleaseStage.Asking => "Asks the others to lock theirs",
        ReleaseStage.Waiting => "Locked elsewhere; waits for objections",
        ReleaseStage.SettingAside => "Is being set aside",
        ReleaseStage.Quarantined => "Lies aside",
        ReleaseStage.AskingAgain => "Asks the others again",
        ReleaseStage.Purging => "Is being deleted",
        ReleaseStage.Restoring => "Is being put back",
        _ => "Ended",
    };

    /// <summary>Time to come, in its two largest units.</summary>
    public static string Left(long ms)
    {
        var (days, hours, minutes) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
        if (days > 0) return $"{Text.Number(days)} d {hours} h";
        if (hours > 0) return $"{hours} h {minutes} min";
        return minutes > 0 ? $"{minutes} min" : "less than a minute";
    }

    public static string Items(long n) => n == 1 ? "1 item" : $"{Text.Number(n)} items";

    public static string Copies(long n) => n == 1 ? "1 copy" : $"{Text.Number(n)} copies";

    /// <summary>Per mille as per cent with a decimal.</summary>
    public static string Uptime(int permille) => $"{permille / 10}.{permille % 10} %";

    public static string Short(object id) => id.ToString()![..12];
}

/// <summary>What of a device decides how its state is shown.</summary>
internal readonly record struct DeviceStandingView(
    DeviceState State, bool IsArchive, bool IsSelf, Fleet.Reachability? Heard);
