using Anarchive.Fleet;

namespace Anarchive.Web;

/// <summary>Words of the page about torrents that stall.</summary>
internal static class ReaperSaid
{
    public static string Activity(TorrentActivity activity) => activity switch
    {
        TorrentActivity.Fetching => T("fetching"),
        TorrentActivity.Seeding => T("seeding"),
        TorrentActivity.Paused => T("paused"),
        TorrentActivity.Queued => T("queued"),
        TorrentActivity.Checking => T("checking"),
        TorrentActivity.Moving => T("moving"),
        TorrentActivity.Metadata => T("metadata"),
        TorrentActivity.Failed => T("failed"),
        _ => T("unknown"),
    };

    /// <summary>What a tracker's message comes to; nothing where it said nothing.</summary>
    public static string Tracker(TrackerWord word) => word switch
    {
        TrackerWord.Down => T("down"),
        TrackerWord.Unclear => T("unclear"),
        TrackerWord.OwnAccount => T("own account"),
        TrackerWord.Unregistered => T("unregistered"),
        _ => "",
    };

    public static (string Word, string Shape, string Tone) Mark(HealthState state) => state switch
    {
        HealthState.Healthy => (T("healthy"), "in-step", "good"),
        HealthState.Stalled => (T("stalled"), "stalled", "warn"),
        _ => (T("dead"), "out-of-reach", "bad"),
    };

    /// <summary>What became of a rung that was taken; a code that is none of these stays as it is.</summary>
    public static string Outcome(string outcome) => outcome switch
    {
        "done" => T("done"),
        "gone" => T("gone"),
        "found" => T("found"),
        "joined" => T("joined"),
        "asked" => T("asked"),
        "filled" => T("filled"),
        "none" => T("none"),
        "private" => T("private"),
        "stopped" => T("stopped"),
        "no_client" => T("no client"),
        "not_public" => T("not public"),
        "no_description" => T("no description"),
        "bytes_differ" => T("bytes differ"),
        _ => outcome.Replace('_', ' '),
    };

    public static string Rung(Rung rung) => rung switch
    {
        Fleet.Rung.Reannounce => T("ask the tracker again"),
        Fleet.Rung.Verify => T("check its files"),
        Fleet.Rung.CopyFromFleet => T("copy it from your devices"),
        Fleet.Rung.CopyFromSeedbox => T("copy it from the seedbox"),
        Fleet.Rung.AskFriends => T("ask friends"),
        Fleet.Rung.PublicPeers => T("ask public peers"),
        Fleet.Rung.Research => T("search for another"),
        Fleet.Rung.Park => T("stop it, its data stays"),
        _ => T("take it out of the client, its data stays"),
    };
}
