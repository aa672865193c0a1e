using Anarchive.Net;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Where known themes lie in this node's own files: what verifies, or contradicts, markers here.</summary>
public sealed class LocatedThemes(
    Database database, LogWriter writer, PartRecords records, ILogger<LocatedThemes> log)
{
    private const char Between = ' ';

    /// <summary>Themes that this fleet or its friends shared.</summary>
    public IReadOnlyList<KnownTheme> Known() => ThemeCheck.Union(
        records.Of(NetApp.ThemeObserved).Where(r => r.Observed is ThemeObserved)
            .Select(r => (r.Fleet, r.IsOwn, (ThemeObserved)r.Observed)));

    /// <summary>Looks for every theme in a season's files, or films; nothing is kept of it.</summary>
    /// <param name="known">With those that the report found, all there are.</param>
    internal async Task<IReadOnlyList<LocatedRow>> LookAsync(
        IReadOnlyList<string> files, SeasonReport report, IReadOnlyList<KnownTheme> known, FilesAre are,
        Fingerprinter fingerprinter, CancellationToken cancellation)
    {
        var themes = known.Concat(report.Themes.Select(found => new KnownTheme(
            SharedTheme.KeyOf(found.Theme), found.Theme, new HashSet<string>(StringComparer.Ordinal), true))).ToList();
        var read = new List<(EpisodeReport Episode, LocalSound Sound)>();
        for (var at = 0; at < files.Count && themes.Count > 0; at++)
            if (report.Episodes[at] is { Failure: null, Keys.Count: > 0 } episode
                && await ListenAsync(files[at], are, fingerprinter, cancellation) is { } sound)
                read.Add((episode, sound));
        var check = new ThemeCheck(themes, [.. read.Select(r => r.Sound)]);
        return
        [
            .. read.SelectMany((file, at) => new[] { MarkerType.Intro, MarkerType.Outro }
                .Select(type => new LocatedRow(file.Episode.Keys[0], type.ToString(), check.Locate(at, type)))),
        ];
    }

    /// <summary>In place of what was known of these files. Durable when it returns.</summary>
    internal Task KeepAsync(IReadOnlyList<LocatedRow> rows, CancellationToken cancellation) =>
        writer.OnWriterAsync(
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

    /// <summary>As if nobody had listened to the files of these keys. Durable when it returns.</summary>
    public Task ForgetAsync(IReadOnlyCollection<string> keys, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db => keys.Chunk(200).Sum(some => db.Execute("DELETE FROM part_located WHERE key IN @some", new { some })),
            cancellation);

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

    /// <summary>As the detection heard it; null where it cannot be heard any more, or has no sound.</summary>
    private async Task<LocalSound?> ListenAsync(
        string path, FilesAre are, Fingerprinter fingerprinter, CancellationToken cancellation)
    {
        try
        {
            var facts = await MediaProbe.AskAsync(path, cancellation);
            var tail = SeasonDetector.TailOf(facts.DurationMs, SeasonDetector.IsFilm(path, are));
            return new LocalSound(
                await fingerprinter.ListenAsync(path, facts, SeasonDetector.HeadOf(facts.DurationMs), cancellation),
                await fingerprinter.ListenAsync(path, facts, tail, cancellation),
                facts.DurationMs);
        }
        catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
        {
            NodeLog.MediaNotRead(log);
            return null;
        }
    }
}

/// <param name="At">Null where no theme of that type is.</param>
internal sealed record LocatedRow(string Key, string Type, LocatedTheme? At);
