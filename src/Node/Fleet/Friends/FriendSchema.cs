namespace Anarchive.Node;

/// <summary>
/// What this device lends to friends, and what friends keep for it; nothing folded from a log, and in no log by the
/// friend's name.
/// </summary>
/// <remarks>
/// <c>loans</c>, <c>lent_copies</c> and <c>lent_locks</c> are the lender's. <c>friend_devices</c> and
/// <c>friend_copies</c> are the steward's: which friend is meant by a device of its fleet, and what is to be there.
/// A copy's hashes may be large and stand last, so that whoever reads the rest of its row passes none of them.
/// </remarks>
internal static class FriendSchema
{
    public const string Ddl = """
        CREATE TABLE loans (
            friend BLOB PRIMARY KEY, volume TEXT NOT NULL, bytes INTEGER NOT NULL, since_ms INTEGER NOT NULL,
            ends_ms INTEGER) WITHOUT ROWID;
        CREATE TABLE lent_copies (
            friend BLOB NOT NULL, item BLOB NOT NULL, volume TEXT NOT NULL, size INTEGER NOT NULL,
            state INTEGER NOT NULL, code TEXT, hashed_ms INTEGER, due_ms INTEGER NOT NULL, aside_ms INTEGER,
            piece_length INTEGER, hashes BLOB, PRIMARY KEY (friend, item)) WITHOUT ROWID;
        CREATE TABLE lent_locks (
            intent BLOB NOT NULL, item BLOB NOT NULL, friend BLOB NOT NULL, PRIMARY KEY (intent, item)) WITHOUT ROWID;
        CREATE TABLE friend_devices (
            friend BLOB PRIMARY KEY, device BLOB NOT NULL, volume TEXT NOT NULL, bytes INTEGER NOT NULL,
            free INTEGER NOT NULL, ends_ms INTEGER, seen_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE friend_copies (
            friend BLOB NOT NULL, item BLOB NOT NULL, is_own INTEGER NOT NULL, state TEXT NOT NULL, code TEXT,
            proven_ms INTEGER NOT NULL, PRIMARY KEY (friend, item)) WITHOUT ROWID;
        CREATE INDEX friend_copies_item ON friend_copies (item);

        """;

    /// <summary>From version 10.</summary>
    public const string To11 = Ddl;
}
