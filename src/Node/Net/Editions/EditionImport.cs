using Anarchive.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Gate 12 on the writer's thread, where nothing may be thrown: all of an edition's rows, or none.</summary>
internal static class EditionImport
{
    public static EditionVerdict Run(
        SqliteConnection db, CheckedPartEdition edition, HeldEdition? held, long nowHours)
    {
        db.Execute("SAVEPOINT part_edition");
        try
        {
            var verdict = NetEditionRows.Import(db, edition, held, nowHours);
            db.Execute("RELEASE part_edition");
            return verdict;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The file went, or changed since it was checked.
            db.Execute("ROLLBACK TO part_edition");
            db.Execute("RELEASE part_edition");
            return new EditionVerdict.Refuse(EditionGate.Transaction, "file");
        }
    }
}
