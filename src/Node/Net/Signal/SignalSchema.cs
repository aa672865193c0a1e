namespace Anarchive.Node;

/// <summary>The tables of the weekly signal: an aggregator's, a household's, and totals that come by.</summary>
internal static class SignalSchema
{
    /// <summary>
    /// Of a household's token there is only the SHA-256. Reports are here until their week is counted, and what a
    /// household did until it was reported: the pragma secure_delete overwrites both with the next checkpoint after
    /// they go. No backup has either.
    /// </summary>
    public const string Ddl = """
        CREATE TABLE totals_groups (
            group_id BLOB PRIMARY KEY, part TEXT NOT NULL, aggregator BLOB NOT NULL, via BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE signal_aggregator (one INTEGER PRIMARY KEY CHECK (one = 1), since_ms INTEGER NOT NULL);
        CREATE TABLE signal_households (
            name TEXT PRIMARY KEY, fleet TEXT NOT NULL UNIQUE, since_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE signal_reports (
            week TEXT NOT NULL, fleet TEXT NOT NULL, key TEXT NOT NULL, what TEXT NOT NULL, is_hint INTEGER NOT NULL,
            PRIMARY KEY (week, fleet, key, what, is_hint)) WITHOUT ROWID;
        CREATE TABLE signal_weeks (
            week TEXT PRIMARY KEY, sources INTEGER NOT NULL, closed_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE signal_totals (
            part TEXT NOT NULL, week TEXT NOT NULL, line BLOB NOT NULL, PRIMARY KEY (part, week, line)) WITHOUT ROWID;
        CREATE TABLE signal_reporting (
            one INTEGER PRIMARY KEY CHECK (one = 1), aggregator BLOB NOT NULL, box_key BLOB NOT NULL,
            token BLOB NOT NULL, since_ms INTEGER NOT NULL, sent_week TEXT);
        CREATE TABLE signal_waiting (
            week TEXT NOT NULL, key TEXT NOT NULL, what TEXT NOT NULL, is_hint INTEGER NOT NULL,
            is_open INTEGER NOT NULL, PRIMARY KEY (week, key, what, is_hint)) WITHOUT ROWID;
        """;

    /// <summary>From version 8, which had no signal.</summary>
    public const string To9 = Ddl;
}
