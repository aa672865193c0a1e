using System.Diagnostics;
using System.Globalization;
using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Benchmarks;

/// <summary>
/// Inserts the rows of a node's database, all tables and indexes but full-text search, into an empty one: in as many
/// transactions as the node commits, each with its share of every table's rows. Only inserting and committing is timed.
/// </summary>
internal static class RowReplay
{
    // The writer commits after this many events.
    private const int EventsPerCommit = 500;

    public static TimeSpan Run(string home, string baseline, int events)
    {
        var file = Path.Combine(home, "node.db");
        using var source = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        source.Open();
        Delete(baseline);
        using var target = Database.Open(baseline);
        var tables = Tables(source, target);
        var commits = Math.Max(1, events / EventsPerCommit);
        var clock = new Stopwatch();
        for (var commit = 0; commit < commits; commit++)
        {
            var isLast = commit == commits - 1;
            var shares = tables.Select(t => t.Next(isLast ? int.MaxValue : t.Share(commit, commits))).ToArray();
            clock.Start();
            target.Begin();
            foreach (var (table, rows) in tables.Zip(shares))
                foreach (var row in rows) table.Insert(row);
            target.Commit();
            clock.Stop();
        }

        foreach (var table in tables) table.Dispose();
        return clock.Elapsed;
    }

    private static List<Table> Tables(SqliteConnection source, Database target)
    {
        var names = source.Query<string>(
            """
            SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'meta%'
            """);
        return [.. names.Select(name => new Table(source, target, name))];
    }

    private static void Delete(string file)
    {
        foreach (var part in (string[])["", "-wal", "-shm"]) File.Delete(file + part);
    }

    private sealed class Table : IDisposable
    {
        private readonly SqliteDataReader _reader;
        private readonly Statement _insert;
        private readonly long _count;
        private long _taken;

        public Table(SqliteConnection source, Database target, string name)
        {
            _count = source.ExecuteScalar<long>($"SELECT count(*) FROM \"{name}\"");
            var command = source.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{name}\"";
            _reader = command.ExecuteReader();
            var names = Enumerable.Range(0, _reader.FieldCount).Select(column => $"\"{_reader.GetName(column)}\"");
            var columns = string.Join(", ", names);
            var values = string.Join(", ", Enumerable.Repeat("?", _reader.FieldCount));
            _insert = target.Prepare($"INSERT OR REPLACE INTO \"{name}\" ({columns}) VALUES ({values})");
        }

        public int Share(int commit, int commits) => (int)(_count * (commit + 1) / commits - _taken);

        public List<object[]> Next(int rows)
        {
            var taken = new List<object[]>();
            while (taken.Count < rows && _reader.Read())
            {
                var row = new object[_reader.FieldCount];
                _reader.GetValues(row);
                taken.Add(row);
            }

            _taken += taken.Count;
            return taken;
        }

        public void Insert(object[] row)
        {
            for (var at = 0; at < row.Length; at++) Bind(at + 1, row[at]);
            _insert.Run();
        }

        public void Dispose()
        {
            _insert.Dispose();
            _reader.Dispose();
        }

        private Statement Bind(int at, object value) => value switch
        {
            DBNull => _insert.BindNull(at),
            long number => _insert.Bind(at, number),
            byte[] bytes => _insert.Bind(at, bytes),
            _ => _insert.Bind(at, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };
    }
}
