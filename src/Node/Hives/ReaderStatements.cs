using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Statements on a reader's connection.</summary>
internal static class ReaderStatements
{
    public static Statement Statement(this SqliteConnection db, string sql) =>
        new(db.Handle ?? throw new InvalidOperationException("The connection is closed."), sql);
}
