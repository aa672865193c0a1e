using System.Text.Json.Nodes;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>How its torrents fare. Of what it tells, announce URLs and folders are dropped at once.</summary>
public sealed partial class TransmissionRpc : IWatchedClient
{
    private static readonly JsonArray WatchedFields = new(
        "hashString", "labels", "status", "error", "sizeWhenDone", "leftUntilDone", "downloadedEver", "addedDate",
        "isPrivate", "metadataPercentComplete", "desiredAvailable", "trackerStats");

    private string? _version;

    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        _version ??= $"Transmission {(await SessionAsync(cancellation)).Version}";

    public async Task<IReadOnlyList<TorrentSample>> WatchAsync(long nowMs, CancellationToken cancellation)
    {
        var hashes = (await GetAsync(null, cancellation)).Select(t => t.HashString);
        return [.. (await GetAsync(hashes, WatchedFields, cancellation)).Select(t => Sample(t, nowMs))];
    }

    public async Task<string?> NameAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (await OursAsync(ih, cancellation) is null) return null;
        var said = await CallAsync(
            "torrent-get", new JsonObject { ["ids"] = Ids(ih), ["fields"] = new JsonArray("hashString", "name") },
            cancellation);
        return said.Torrents?.FirstOrDefault()?.Name;
    }

    public Task<bool> ReannounceAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("torrent-reannounce", ih, cancellation);

    public Task<bool> VerifyAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("torrent-verify", ih, cancellation);

    public Task<bool> StartAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("torrent-start", ih, cancellation);

    public Task<bool> StopAsync(Hash160 ih, CancellationToken cancellation) =>
        OnOursAsync("torrent-stop", ih, cancellation);

    private static TorrentSample Sample(TransmissionTorrent torrent, long nowMs)
    {
        var hasMetadata = torrent.MetadataPercentComplete >= 1;
        var done = Math.Max(0, torrent.SizeWhenDone - torrent.LeftUntilDone);
        var trackers = torrent.TrackerStats ?? [];
        return new TorrentSample(
            torrent.HashString, ClientWords.OfTransmission(torrent.Status, torrent.Error, hasMetadata), done,
            torrent.SizeWhenDone, torrent.DownloadedEver, torrent.AddedDate * 1000, nowMs)
        {
            // A magnet link does not say; until the description is there, nobody knows.
            Privacy = !hasMetadata ? Privacy.Unknown : torrent.IsPrivate ? Privacy.Yes : Privacy.No,
            IsLabelled = IsOurs(torrent),
            AvailablePermille = torrent.SizeWhenDone <= 0
                ? null
                : (int)Int128.Clamp((Int128)(done + torrent.DesiredAvailable) * 1000 / torrent.SizeWhenDone, 0, 1000),
            Seeds = trackers.Where(t => t.SeederCount >= 0 && (t.LastScrapeSucceeded || t.LastAnnounceSucceeded))
                .Select(t => (int?)t.SeederCount).Max(),
            HasTracker = trackers.Length > 0,
            TrackerHost = trackers.Select(t => TrackerHost.Of(t.Announce)).FirstOrDefault(),
            TrackerHosts = TrackerHost.AllOf(trackers.Select(t => t.Announce)),
            Word = TrackerWords.Of(trackers.Where(t => t is { HasAnnounced: true, LastAnnounceSucceeded: false })
                .Select(t => TrackerWords.Of(t.LastAnnounceResult))),
        };
    }

    private async Task<bool> OnOursAsync(string method, Hash160 ih, CancellationToken cancellation)
    {
        if (await OursAsync(ih, cancellation) is null) return false;
        await CallAsync(method, new JsonObject { ["ids"] = Ids(ih) }, cancellation);
        return true;
    }
}

/// <param name="SeederCount">-1 where the tracker never told.</param>
internal sealed record TransmissionTracker(
    string? Announce, int SeederCount, bool HasAnnounced, bool LastScrapeSucceeded, bool LastAnnounceSucceeded,
    string? LastAnnounceResult);
