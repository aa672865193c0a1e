using Anarchive.Net;
using Dapper;

namespace Anarchive.Node;

/// <summary>Where known themes lie in this node's own files: what verifies, or contradicts, markers here.</summary>
public sealed class LocatedThemes(Database database, LogWriter writer, PartRecords records)
{
    private const char Between = ' ';

    /// <summary>Looks for every known theme in a season's files; durable when it returns.</summary>
    public async Task LookAsync(
        IReadOnlyList<string> files, SeasonReport report, Fingerprinter fingerprinter, CancellationToken cancellation)
    {
        var said = records.Of(NetApp.ThemeObserved).Where(r => r.Observed is ThemeObserved)
            .Select(r => (r.Fleet, r.IsOwn, (ThemeObserved)r.Observed));
        var themes = ThemeCheck.Union(said).Concat(report.Themes.Select(found => new KnownTheme(
            SharedTheme.KeyOf(found.Theme), found.Theme, new HashSet<string>(StringComparer.Ordinal), true))).ToList();
        var read = new List<(EpisodeReport Episode, LocalSound Sound)>();
        for (var at = 0; at < files.Count; at++)
            if (report.Episodes[at] is { Failure: null, Keys.Count: > 0 } episode)
                read.Add((episode, await ListenAsync(files[at], fingerprinter, cancellation)));
        var check = new ThemeCheck(themes, [.. read.Select(r => r.Sound)]);
        var rows = read.SelectMany((file, at) => new[] { MarkerType.Intro, MarkerType.Outro }.Select(type => new
        {
            Key = file.Episode.Keys[0],
            Type = type.ToString(),
            At = check.Locate(at, type),
        })).ToList();
        await writer.OnWriterAsync(
            db =>
            {
                foreach (var row in rows)
                {
                    db.Execute("DELETE FROM part_located WHERE key = @Key AND type = @Type", new { row.Key, row.Type });
                    if (row.At is not { } found) continue;
                    db.Execute(
                        """
                        INSERT INTO part_located (key, type, start_ms, end_ms, fleets)
                        VALUES (@Key, @Type, @S, @E, @F)
                        """,
                        new
                        {
                            row.Key,
                            row.Type,
                            S = found.StartMs,
                            E = found.EndMs,
                            F = found.Fleets is { } fleets ? string.Join(Between, fleets) : null,
                        });
                }

                return rows.Count;
            },
            cancellation);
    }

    /// <summary>Where a file's own sound has a theme; null where nobody looked, or none is there.</summary>
    public LocatedTheme? Find(string key, MarkerType type)
    {
        using var db = database.OpenReader();
        var row = db.QuerySingleOrDefault<(long StartMs, long EndMs, string? Fleets)?>(
            "SELECT start_ms, end_ms, fleets FROM part_located WHERE key = @key AND type = @Type",
            new { key, Type = type.ToString() });
        return row is var (start, end, fleets)
            ? new LocatedTheme(start, end, fleets?.Split(Between).ToHashSet(StringComparer.Ordinal))
            : null;
    }

    private static async Task<LocalSound> ListenAsync(
        string path, Fingerprinter fingerprinter, CancellationToken cancellation)
    {
        var facts = await MediaProbe.AskAsync(path, cancellation);
        return new LocalSound(
            await fingerprinter.ListenAsync(path, facts, SeasonDetector.HeadOf(facts.DurationMs), cancellation),
            await fingerprinter.ListenAsync(path, facts, SeasonDetector.TailOf(facts.DurationMs, false), cancellation),
            facts.DurationMs);
    }
}
