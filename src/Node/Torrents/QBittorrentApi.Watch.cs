using System.Net;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>How its torrents fare. Of what it tells, announce URLs and folders are dropped at once.</summary>
public sealed partial class QBittorrentApi : IWatchedClient
{
    /// <summary>Rows that are no trackers, but what finds peers without one.</summary>
    private const string NoTracker = "** [";

    private const int Working = 2;
    private const int NotWorking = 4;

    /// <summary>Since then it says stop where it said pause (qBittorrent 5.0).</summary>
    private static readonly Version SaysStop = new(2, 11);

    private (string Program, Version Api)? _versions;

    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        $"qBittorrent {(await VersionsAsync(cancellation)).Program}";

    public async Task<IReadOnlyList<TorrentSample>> WatchAsync(long nowMs, CancellationToken cancellation)
    {
        var samples = new List<TorrentSample>();
        foreach (var torrent in await InfoAsync("", cancellation))
        {
            // Without its rows, which end when its owner removes it meanwhile, it is looked at the next time.
            if (await TrackersAsync(torrent.Hash, cancellation) is { } rows) samples.Add(Sample(torrent, rows, nowMs));
        }

        return samples;
    }

    public async Task<string?> NameAsync(Hash160 ih, CancellationToken cancellation) =>
        (await InfoAsync($"?hashes={ih}", cancellation)).Where(IsOurs).Select(t => t.Name).FirstOrDefault();

    public Task<bool> ReannounceAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("reannounce", ih, cancellation);

    public Task<bool> VerifyAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("recheck", ih, cancellation);

    public async Task<bool> StartAsync(Hash160 ih, CancellationToken cancellation) => await OnOursAsync(
        (await VersionsAsync(cancellation)).Api >= SaysStop ? "start" : "resume", ih, cancellation);

    public async Task<bool> StopAsync(Hash160 ih, CancellationToken cancellation) => await OnOursAsync(
        (await VersionsAsync(cancellation)).Api >= SaysStop ? "stop" : "pause", ih, cancellation);

    private static TorrentSample Sample(QBittorrentTorrent torrent, QBittorrentTracker[] rows, long nowMs)
    {
        var trackers = rows.Where(r => r.Url?.StartsWith(NoTracker, StringComparison.Ordinal) == false).ToArray();
        return new TorrentSample(
            torrent.Hash, ClientWords.OfQBittorrent(torrent.State),
            Math.Max(0, torrent.Size - torrent.AmountLeft), Math.Max(0, torrent.Size), torrent.Downloaded,
            torrent.AddedOn * 1000, nowMs)
        {
            Privacy = PrivacyOf(torrent, rows),
            IsLabelled = IsOurs(torrent),
            // -1 where it does not count; else whole copies, and what part of the rest.
            AvailablePermille = torrent.Availability < 0 ? null : (int)Math.Min(1000, torrent.Availability * 1000),
            Seeds = trackers.Where(t => t is { Status: Working, NumSeeds: >= 0 }).Select(t => (int?)t.NumSeeds).Max(),
            HasTracker = trackers.Length > 0,
            TrackerHost = trackers.Select(t => TrackerHost.Of(t.Url)).FirstOrDefault(),
            TrackerHosts = TrackerHost.AllOf(trackers.Select(t => t.Url)),
            Word = TrackerWords.Of(trackers.Where(t => t.Status == NotWorking).Select(t => TrackerWords.Of(t.Msg))),
        };
    }

    /// <summary>
    /// Version 5 says so; before, the rows of DHT, PeX and LSD bear the remark, in the owner's language, that the
    /// torrent is private, and no remark otherwise.
    /// </summary>
    private static Privacy PrivacyOf(QBittorrentTorrent torrent, QBittorrentTracker[] rows)
    {
        if (torrent.Private is { } isPrivate) return isPrivate ? Privacy.Yes : Privacy.No;
        var remarks = rows.Where(r => r.Url?.StartsWith(NoTracker, StringComparison.Ordinal) == true).ToArray();
        if (remarks.Any(r => !string.IsNullOrEmpty(r.Msg))) return Privacy.Yes;
        // While the description is missing nobody knows.
        return remarks.Length > 0 && torrent.Size > 0 ? Privacy.No : Privacy.Unknown;
    }

    private async Task<(string Program, Version Api)> VersionsAsync(CancellationToken cancellation)
    {
        if (_versions is { } known) return known;
        var program = await TextAsync(() => Get("app/version"), cancellation);
        var api = await TextAsync(() => Get("app/webapiVersion"), cancellation);
        if (!Version.TryParse(api, out var version)) throw ClientHttp.Refused();
        _versions = (program.TrimStart('v'), version);
        return _versions.Value;
    }

    /// <summary>Null where it has that torrent no more.</summary>
    private async Task<QBittorrentTracker[]?> TrackersAsync(string hash, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => Get($"torrents/trackers?hash={hash}"), cancellation);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await ClientHttp.ReadAsync(response, QBittorrentJson.Default.QBittorrentTrackerArray, cancellation);
    }

    private async Task<bool> OnOursAsync(string act, Hash160 ih, CancellationToken cancellation)
    {
        if (await FindAsync(ih, cancellation) is null) return false;
        await TextAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "torrents/" + act))
            {
                Content = new FormUrlEncodedContent([new("hashes", ih.ToString())]),
            },
            cancellation);
        return true;
    }
}

/// <param name="Status">0 off, 1 not asked yet, 2 works, 3 is asked now, 4 does not work.</param>
/// <param name="NumSeeds">-1 where the tracker never told.</param>
internal sealed record QBittorrentTracker(string? Url, int Status, int NumSeeds, string? Msg);
