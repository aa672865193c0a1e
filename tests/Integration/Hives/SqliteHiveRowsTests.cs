using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Unit;

namespace Anarchive.Tests.Integration;

/// <summary>The rows over a real file keep the contract.</summary>
public sealed class SqliteHiveRowsTests : HiveRowsContract
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Database _database;
    private readonly SqliteEventStore _store;
    private readonly HiveStatements _statements;
    private readonly SqliteHiveRows _rows;

    public SqliteHiveRowsTests()
    {
        _database = Database.Open(_directory.At("node.db"));
        _store = new SqliteEventStore(_database);
        _statements = new HiveStatements(_database);
        var group = new GroupId(Hash256.Sha256("group"u8));
        _store.AddGroup(new StoredGroup(group, HivesApp.GroupKind, HivesApp.DefaultRing));
        _rows = new SqliteHiveRows(_statements, _store, group);
    }

    protected override IHiveRows Rows => _rows;

    protected override void Settle()
    {
        _rows.Flush();
        _rows.Forget();
        _database.Commit();
    }

    protected override void Dispose(bool disposing)
    {
        _statements.Dispose();
        _store.Dispose();
        _database.Dispose();
        _directory.Dispose();
        base.Dispose(disposing);
    }
}
