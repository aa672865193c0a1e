using System.Globalization;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Tells a restored or copied database from the one this node ran on last, and names the incarnation to write under.
/// </summary>
/// <remarks>
/// <para>
/// A counter stands in the database and in a witness file beside the keys. Each start, each clean stop and, while
/// the node writes, every quarter of a minute raises both, the database first. A database that is older than its
/// witness was restored; one that knows another incarnation was copied from elsewhere; both get a new incarnation
/// before their first write, so no chain forks. A database one step ahead is the same one: the process died between
/// the two writes.
/// </para>
/// <para>
/// When both files are restored together, only peers that hold more of our chain can tell. Belongs to the writer's
/// thread.
/// </para>
/// </remarks>
public sealed class IncarnationWitness : IDisposable
{
    private const string IncarnationKey = "incarnation";
    private const string CounterKey = "starts";

    private readonly Lock _publishing = new();
    private readonly Database _database;
    private readonly string _path;
    private long _counter;

    private IncarnationWitness(Database database, string path, Incarnation current, long counter, bool renewed)
    {
        _database = database;
        _path = path;
        _counter = counter;
        Current = current;
        IsRenewed = renewed;
    }

    /// <summary>The incarnation this node writes under.</summary>
    public Incarnation Current { get; private set; }

    /// <summary>True when this start opened a new incarnation over an existing database.</summary>
    public bool IsRenewed { get; }

    /// <summary>Compares database and witness, and records this start in both; durable when it returns.</summary>
    public static IncarnationWitness Open(Database database, string path, IRandomSource random)
    {
        var known = Mark.Parse(database.Meta(IncarnationKey), database.Meta(CounterKey));
        var seen = File.Exists(path) ? Mark.Parse(File.ReadAllText(path)) : null;
        var same = known is { } k && seen is { } s && k.Incarnation == s.Incarnation && k.Counter - s.Counter is 0 or 1;
        var incarnation = same ? known!.Value.Incarnation : Draw(random);
        var renewed = known is not null && !same;
        var witness = new IncarnationWitness(database, path, incarnation, known?.Counter ?? 0, renewed);
        witness.Advance();
        database.Commit();
        witness.Publish();
        return witness;
    }

    /// <summary>Records a clean stop, so that a copy taken while this process ran is known as older.</summary>
    public void Dispose()
    {
        // The writer died within a transaction: half of it must not become durable.
        if (_database.HasFailed || _database.IsInTransaction) return;
        Advance();
        _database.Commit();
        Publish();
    }

    /// <summary>
    /// Opens a new incarnation within the writer's transaction: a peer has shown that it holds more of our chain than
    /// we do. Should the process die before the commit, database and witness differ, and the next start opens another.
    /// </summary>
    public Incarnation Renew(IRandomSource random)
    {
        Current = Draw(random);
        Advance();
        Publish();
        return Current;
    }

    /// <summary>Raises the counter in the writer's transaction; <see cref="Publish"/> follows its commit.</summary>
    internal void Advance()
    {
        _counter++;
        _database.SetMeta(IncarnationKey, Current.ToString());
        _database.SetMeta(CounterKey, _counter.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Brings the file in line with the counter, durably; on any thread.</summary>
    internal void Publish()
    {
        lock (_publishing)
            DurableFile.Replace(_path, Encoding.ASCII.GetBytes(new Mark(Current, _counter).ToString()));
    }

    private static Incarnation Draw(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return new Incarnation(BitConverter.ToUInt64(bytes));
    }

    private readonly record struct Mark(Incarnation Incarnation, long Counter)
    {
        public static Mark? Parse(string? incarnation, string? counter) =>
            Incarnation.TryParse(incarnation, out var read)
            && long.TryParse(counter, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Mark(read, number)
                : null;

        public static Mark? Parse(string text)
        {
            var parts = text.TrimEnd('\n').Split(' ');
            return parts.Length == 2 ? Parse(parts[0], parts[1]) : null;
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Incarnation} {Counter}\n");
    }
}
