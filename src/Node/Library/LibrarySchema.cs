namespace Anarchive.Node;

/// <summary>What only this device knows of what is watched on it, and a stamp of its files.</summary>
/// <remarks>
/// <c>library_watched</c> is how far somebody came in an item, and when it was watched to its end last;
/// <c>library_choices</c> what a show's intros are to become. <c>library_words</c> is what the owner said that files
/// are: of an item the last counts, and <c>said</c> is the observation that went with it. The stamp grows with every
/// file that comes, goes, moves or turns out to be an item, and with every word, so that what is kept in memory is read
/// again only then.
/// </remarks>
internal static class LibrarySchema
{
    public const string Ddl = To11 + To12;

    /// <summary>From version 10.</summary>
    public const string To11 = """
        CREATE TABLE library_watched (
            item BLOB PRIMARY KEY, position_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            watched_ms INTEGER) WITHOUT ROWID;
        CREATE INDEX library_watched_at ON library_watched (at_ms);
        CREATE TABLE library_choices (work TEXT PRIMARY KEY, choice INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE library_stamp (no INTEGER PRIMARY KEY CHECK (no = 1), stamp INTEGER NOT NULL);
        INSERT INTO library_stamp (no, stamp) VALUES (1, 0);
        CREATE TRIGGER library_file_came AFTER INSERT ON store_files BEGIN
            UPDATE library_stamp SET stamp = stamp + 1; END;
        CREATE TRIGGER library_file_went AFTER DELETE ON store_files BEGIN
            UPDATE library_stamp SET stamp = stamp + 1; END;
        CREATE TRIGGER library_file_changed AFTER UPDATE OF path, item, rotten, misses ON store_files BEGIN
            UPDATE library_stamp SET stamp = stamp + 1; END;

        """;

    /// <summary>From version 11, which took every file for what its name says.</summary>
    public const string To12 = """
        CREATE TABLE library_words (
            no INTEGER PRIMARY KEY, batch INTEGER NOT NULL, item BLOB NOT NULL, kind INTEGER, title TEXT NOT NULL,
            year INTEGER, season INTEGER NOT NULL, number INTEGER NOT NULL, last INTEGER NOT NULL, work TEXT,
            said TEXT);
        CREATE INDEX library_words_item ON library_words (item, no);
        CREATE TRIGGER library_word_came AFTER INSERT ON library_words BEGIN
            UPDATE library_stamp SET stamp = stamp + 1; END;
        CREATE TRIGGER library_word_went AFTER DELETE ON library_words BEGIN
            UPDATE library_stamp SET stamp = stamp + 1; END;

        """;
}
