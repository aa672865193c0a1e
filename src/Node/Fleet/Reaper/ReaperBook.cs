using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Dapper;

namespace Anarchive.Node;

/// <summary>A torrent as it was seen last, and what was tried for it.</summary>
/// <param name="Told">What the log says of it by this device; null for nothing.</param>
public sealed record KeptTorrent(
    TorrentSample Sample, TorrentHealth Health, bool IsNeutral, IReadOnlyDictionary<Rung, long> Tried, string? Told);

/// <summary>What was seen of the client's torrents, kept so that a restart loses none of their 72 hours.</summary>
/// <remarks>Safe from any thread; one at a time changes it.</remarks>
public sealed class ReaperBook
{
    private readonly LogWriter _writer;
    private volatile ImmutableSortedDictionary<string, KeptTorrent> _torrents;
    private volatile ImmutableHashSet<string> _walks;

    public ReaperBook(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        _torrents = db.Query<(string InfoHash, string State)>("SELECT infohash, state FROM reaper_torrents")
            .Select(row => JsonSerializer.Deserialize(row.State, ReaperJson.Default.KeptTorrent)!)
            .ToImmutableSortedDictionary(t => t.Sample.InfoHash, t => t, StringComparer.Ordinal);
        _walks = [.. db.Query<string>("SELECT infohash FROM reaper_walks")];
    }

    /// <summary>By info hash, in order.</summary>
    public IReadOnlyDictionary<string, KeptTorrent> Torrents => _torrents;

    /// <summary>True where the owner lets the DHT be asked for that torrent; a gate may still be closed.</summary>
    public bool MayWalk(string infoHash) => _walks.Contains(infoHash);

    /// <summary>Lets the DHT be asked for a torrent, or ends it. Durable when it returns.</summary>
    public async Task SetWalkAsync(string infoHash, bool mayWalk, long nowMs, CancellationToken cancellation)
    {
        await _writer.OnWriterAsync(
            db => mayWalk
                ? db.Execute("INSERT OR IGNORE INTO reaper_walks VALUES (@infoHash, @nowMs)", new { infoHash, nowMs })
                : db.Execute("DELETE FROM reaper_walks WHERE infohash = @infoHash", new { infoHash }),
            cancellation);
        _walks = mayWalk ? _walks.Add(infoHash) : _walks.Remove(infoHash);
    }

    /// <summary>
    /// Keeps those as they are now, and forgets what was not seen since <paramref name="forgetBeforeMs"/>. Durable when
    /// it returns.
    /// </summary>
    internal async Task SaveAsync(
        IReadOnlyCollection<KeptTorrent> seen, long forgetBeforeMs, CancellationToken cancellation)
    {
        var rows = seen.Select(t => new
        {
            t.Sample.InfoHash,
            SeenMs = t.Sample.AtMs,
            State = JsonSerializer.Serialize(t, ReaperJson.Default.KeptTorrent),
        }).ToList();
        await _writer.OnWriterAsync(
            db =>
            {
                foreach (var row in rows)
                    db.Execute(
                        """
                        INSERT INTO reaper_torrents (infohash, seen_ms, state) VALUES (@InfoHash, @SeenMs, @State)
                        ON CONFLICT (infohash) DO UPDATE SET seen_ms = @SeenMs, state = @State
                        """,
                        row);
                return db.Execute(
                    "DELETE FROM reaper_torrents WHERE seen_ms < @forgetBeforeMs", new { forgetBeforeMs });
            },
            cancellation);
        _torrents = _torrents.SetItems(seen.Select(t => KeyValuePair.Create(t.Sample.InfoHash, t)))
            .RemoveRange(_torrents.Values.Where(t => t.Sample.AtMs < forgetBeforeMs).Select(t => t.Sample.InfoHash)
                .Except(seen.Select(t => t.Sample.InfoHash)));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(KeptTorrent))]
internal sealed partial class ReaperJson : JsonSerializerContext;
