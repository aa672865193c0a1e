using Anarchive.Fleet;
using Anarchive.Node;
using Microsoft.AspNetCore.Components;

namespace Anarchive.Web;

/// <summary>Sentences and shapes of the pages about the fleet, one per state.</summary>
internal static class FleetSaid
{
    public static string Class(DeviceClass kind) => kind switch
    {
        DeviceClass.AlwaysOn => T("always on"),
        DeviceClass.Desktop => T("desktop"),
        DeviceClass.Laptop => T("laptop"),
        DeviceClass.Phone => T("phone"),
        DeviceClass.Seedbox => T("seedbox"),
        _ => T("archive"),
    };

    /// <summary>A device's state: what the owner said where that matters, else how it was last heard of.</summary>
    public static (string Word, string Shape, string Tone) State(DeviceStandingView device) => device switch
    {
        { State: DeviceState.Dead } => (T("Dead"), "out-of-reach", "bad"),
        { State: DeviceState.Retired } => (T("Retired"), "paused", "soft"),
        { State: DeviceState.Draining } => (T("Draining"), "frozen", "busy"),
        { IsArchive: true } => (T("On the shelf"), "here", "soft"),
        { IsSelf: true } => (T("Here"), "in-step", "good"),
        { Hearing: Hearing.Now, Heard: Fleet.Reachability.Away or Fleet.Reachability.Lost } =>
            (T("Heard again"), "catching-up", "busy"),
        { Hearing: Hearing.Now } => (T("Up"), "in-step", "good"),
        { Heard: null } => (T("Not heard of yet"), "here", "soft"),
        { Heard: Fleet.Reachability.Up } => (T("Up"), "in-step", "good"),
        { Heard: Fleet.Reachability.Suspect } => (T("Silent for a moment"), "catching-up", "busy"),
        { Heard: Fleet.Reachability.Away } => (T("Away for a day"), "stalled", "warn"),
        _ => (T("Lost for three days"), "out-of-reach", "bad"),
    };

    /// <summary>Whether a copy counts, in two words, with a shape.</summary>
    public static (string Word, string Shape, string Tone) Copy(string why) => why switch
    {
        "counts" => (T("counts"), "in-step", "good"),
        "unproven" => (T("not proven yet"), "catching-up", "busy"),
        "proof_old" => (T("proof too old"), "catching-up", "busy"),
        "partial" => (T("part of it"), "catching-up", "busy"),
        "quarantined" => (T("set aside"), "frozen", "warn"),
        "gone" => (T("gone"), "here", "soft"),
        "volume_absent" => (T("disk not there"), "out-of-reach", "bad"),
        "device_lost" => (T("out of reach"), "out-of-reach", "bad"),
        "seldom_up" => (T("seldom up"), "stalled", "warn"),
        "class_never_counts" => (T("never counts"), "paused", "soft"),
        "device_out" => (T("device is out"), "paused", "soft"),
        _ => (T("device unknown"), "here", "soft"),
    };

    /// <summary>Why a copy counts or not, in a sentence.</summary>
    public static string Why(string why) => why switch
    {
        "counts" => T("All of it was read, or proven since, within the time that proof lasts."),
        "unproven" => T("Nobody has read all of it yet."),
        "proof_old" => T("It was proven too long ago: it is to be read again."),
        "partial" => T("Only part of it is there."),
        "quarantined" => T("It was let go, and lies aside for seven days."),
        "gone" => T("It is no more."),
        "volume_absent" => T("The disk it lies on is not there; nothing is deleted for that."),
        "device_lost" => T("The device has been out of reach for three days."),
        "seldom_up" => T("The device is up for less than half of the time."),
        "class_never_counts" => T("Laptops and phones come and go: their copies never count."),
        "device_out" => T("The device is retired or dead."),
        _ => T("The device was never declared."),
    };

    public static string Duty(string duty) => duty switch
    {
        DutyNames.BroadcastHost => T("answers friends"),
        DutyNames.Prober => T("looks after others"),
        DutyNames.EditionSeeder => T("gives editions"),
        DutyNames.Research => T("searches"),
        _ => duty,
    };

    /// <summary>Why an item cannot have its copies, as a sentence's end.</summary>
    public static string ShortOf(Constraint why) => why switch
    {
        Constraint.Source => T("no device that can be reached has it."),
        Constraint.Devices => T("every device that may keep it has it."),
        Constraint.Capacity => T("no volume has room for it."),
        Constraint.Zones => T("there are too few zones."),
        _ => T("there are too few devices elsewhere."),
    };

    /// <summary>Why a copy stays, or how its release ended, as a sentence.</summary>
    public static string Outcome(string code) => code switch
    {
        ReleaseCodes.Purged => T("Deleted, after the whole check was made again."),
        ReleaseCodes.TakenBack => T("You wanted it after all."),
        ReleaseCodes.FloorUnmet => T("There are too few copies elsewhere."),
        ReleaseCodes.CopiesUnverified => T("Not all copies elsewhere are proven lately."),
        ReleaseCodes.CopiesUnlockable => T("Too many of the other copies lie where nobody can lock them."),
        ReleaseCodes.LocksMissing => T("Not all of the others promised to keep theirs."),
        ReleaseCodes.LockedForOther => T("Another device relies on this copy."),
        ReleaseCodes.AlreadyReleasing => T("It is being let go already."),
        ReleaseCodes.Frozen => T("Much went at once: nothing is let go until you look."),
        ReleaseCodes.VolumeAbsent => T("Its disk is not there: nothing was removed."),
        ReleaseCodes.Abandoned => T("This device restarted in the middle: the copy stays."),
        ReleaseCodes.TooLate => T("The promises of the others were too old by then."),
        ReleaseCodes.StillReferred => T("A torrent, or a star on this device, needs the file."),
        ReleaseCodes.BytesMissing => T("Somebody else took the file away."),
        ReleaseCodes.DiskRefused => T("The disk refused it."),
        ReleaseCodes.LockNotHeld => T("This device has no whole copy of it."),
        _ => T("It stays."),
    };

    /// <summary>Where a release in flight is.</summary>
    public static string Stage(ReleaseStage stage) => stage switch
    {
        ReleaseStage.Asking => T("Asks the others to lock theirs"),
        ReleaseStage.Waiting => T("Locked elsewhere; waits for objections"),
        ReleaseStage.SettingAside => T("Is being set aside"),
        ReleaseStage.Quarantined => T("Lies aside"),
        ReleaseStage.AskingAgain => T("Asks the others again"),
        ReleaseStage.Purging => T("Is being deleted"),
        ReleaseStage.Restoring => T("Is being put back"),
        _ => T("Ended"),
    };

    /// <summary>Time to come, in its two largest units.</summary>
    public static string Left(long ms)
    {
        var (days, hours, minutes) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
        if (days > 0) return T($"{Text.Number(days)} d {hours} h");
        if (hours > 0) return T($"{hours} h {minutes} min");
        return minutes > 0 ? T($"{minutes} min") : T("less than a minute");
    }

    public static string Items(long n) => N(n, "1 item", $"{Text.Number(n)} items");

    public static string Copies(long n) => N(n, "1 copy", $"{Text.Number(n)} copies");

    /// <summary>Per mille as per cent with a decimal.</summary>
    public static string Uptime(int permille) =>
        $"{permille / 10}{Languages.Current.Numbers.NumberDecimalSeparator}{permille % 10} %";

    public static string Short(object id) => id.ToString()![..12];

    /// <summary>A duty by the name that an override has for it.</summary>
    public static string DutyName(string duty) => duty switch
    {
        DutyNames.Custodian => T("custodian"),
        DutyNames.Baton => T("baton"),
        DutyNames.PublicSwarmFace => T("public swarm face"),
        DutyNames.BroadcastHost => T("broadcast host"),
        DutyNames.Prober => T("prober"),
        DutyNames.EditionSeeder => T("edition seeder"),
        DutyNames.Research => T("research"),
        _ => duty.Replace('_', ' '),
    };

    /// <summary>What is wrong with a device, as it said itself.</summary>
    public static string Flag(string flag) => flag switch
    {
        OwnHealth.VolumeAbsent => T("volume absent"),
        OwnHealth.ClientDown => T("client down"),
        _ => flag.Replace('_', ' '),
    };

    /// <summary>When something was, as an element of a sentence.</summary>
    public static RenderFragment When(long ms) => builder =>
    {
        builder.OpenComponent<Ago>(0);
        builder.AddComponentParameter(1, nameof(Ago.Ms), ms);
        builder.CloseComponent();
    };

    /// <summary>An id for recognition, as an element of a sentence.</summary>
    public static RenderFragment Id(object id) => builder =>
    {
        builder.OpenElement(0, "code");
        builder.AddAttribute(1, "class", "id");
        builder.AddContent(2, id);
        builder.CloseElement();
    };
}

/// <summary>What of a device decides how its state is shown.</summary>
internal readonly record struct DeviceStandingView(
    DeviceState State, bool IsArchive, bool IsSelf, Fleet.Reachability? Heard, Hearing Hearing);
