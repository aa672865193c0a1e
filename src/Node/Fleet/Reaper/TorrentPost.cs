using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Tells the fleet how torrents fare that it knows, or that bear our label, and no others.</summary>
public sealed class TorrentPost(LogWriter writer, OwnFleet fleet, ILogger<TorrentPost> log)
{
    /// <summary>Progress is told in quarters: a word for every per mille would fill the log.</summary>
    private const int QuarterPermille = 250;

    /// <summary>Those of which the log says something new now. Durable when it returns.</summary>
    internal async Task<IReadOnlyList<KeptTorrent>> TellAsync(
        IReadOnlyList<KeptTorrent> torrents, IReadOnlyDictionary<string, TorrentFacts> known,
        CancellationToken cancellation)
    {
        if (fleet.Group is not { } group) return [];
        var told = torrents.Where(t => t.Sample.IsLabelled || known[t.Sample.InfoHash].IsKnown)
            .Where(t => t.Told != WordOf(t)).Select(t => t with { Told = WordOf(t) }).ToList();
        if (told.Count == 0) return [];
        try
        {
            await writer.WriteAsync(group, [.. told.Select(Draft)], cancellation);
            return told;
        }
        catch (LogRefusedException refused)
        {
            // With the next look.
            NodeLog.TorrentsNotTold(log, refused.Refusal.Code());
            return [];
        }
    }

    private static string StateOf(KeptTorrent torrent) => torrent.Health.State switch
    {
        HealthState.Healthy => "healthy",
        HealthState.Stalled => "stalled",
        _ => "dead",
    };

    private static string WordOf(KeptTorrent torrent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{StateOf(torrent)} {torrent.Sample.CompletePermille / QuarterPermille}");

    private static Draft Draft(KeptTorrent torrent)
    {
        var said = new TorrentStateSet(
            torrent.Sample.InfoHash, StateOf(torrent), Epoch.Of(torrent.Health.SinceMs).Number,
            torrent.Sample.CompletePermille);
        return new Draft(
            FleetApp.TorrentStateSet,
            FleetPayloads.Write(said, out var fault) ?? throw new InvalidOperationException(fault),
            []);
    }
}
