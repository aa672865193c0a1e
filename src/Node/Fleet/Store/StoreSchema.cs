namespace Anarchive.Node;

/// <summary>
/// What only this device knows of its own files: never in the log, never rebuilt from it, and the only place where a
/// path of an item stands.
/// </summary>
/// <remarks>
/// <c>store_files</c> are the files of watched folders: <c>item</c> is null until all of one was hashed; <c>done</c>
/// bytes were hashed so far, whose piece hashes are in <c>hashes</c>. <c>store_held</c> is what this device says of an
/// item on a volume; <c>told</c> is 0 while the log does not say it yet.
/// </remarks>
internal static class StoreSchema
{
    public const string Ddl = LocalDdl;

    /// <summary>From version 9, which knew no volumes.</summary>
    public const string To10 = LocalDdl;

    private const string LocalDdl = """
        CREATE TABLE store_volumes (
            id TEXT PRIMARY KEY, root TEXT NOT NULL UNIQUE, name TEXT NOT NULL, reserve INTEGER NOT NULL,
            told INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE store_folders (
            volume TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (volume, path)) WITHOUT ROWID;
        CREATE TABLE store_files (
            volume TEXT NOT NULL, path TEXT NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL, settled INTEGER NOT NULL, misses INTEGER NOT NULL, rotten INTEGER NOT NULL,
            item BLOB, due_ms INTEGER NOT NULL, done INTEGER NOT NULL, hashes BLOB,
            PRIMARY KEY (volume, path)) WITHOUT ROWID;
        CREATE INDEX store_files_item ON store_files (item, volume);
        CREATE INDEX store_files_due ON store_files (due_ms);
        CREATE TABLE store_held (
            item BLOB NOT NULL, volume TEXT NOT NULL, gen INTEGER NOT NULL, state INTEGER NOT NULL, hashed_ms INTEGER,
            told INTEGER NOT NULL, PRIMARY KEY (item, volume)) WITHOUT ROWID;
        CREATE INDEX store_held_told ON store_held (told);
        CREATE TABLE store_layers (
            item BLOB PRIMARY KEY, size INTEGER NOT NULL, piece_length INTEGER NOT NULL, hashes BLOB NOT NULL,
            told INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX store_layers_told ON store_layers (told);
        CREATE TABLE store_aside (
            volume TEXT NOT NULL, name TEXT NOT NULL, item BLOB NOT NULL, path TEXT NOT NULL, since_ms INTEGER NOT NULL,
            PRIMARY KEY (volume, name)) WITHOUT ROWID;
        CREATE TABLE store_copies (
            item BLOB NOT NULL, volume TEXT NOT NULL, source BLOB, state TEXT NOT NULL, code TEXT,
            place TEXT, asked_ms INTEGER NOT NULL, PRIMARY KEY (item, volume)) WITHOUT ROWID;
        CREATE TABLE store_ssh (
            device BLOB PRIMARY KEY, login TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,
            key_file TEXT NOT NULL, known_hosts TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE store_traffic (day INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);

        """;
}
