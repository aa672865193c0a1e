using System.Collections.Concurrent;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Serves committed events to any number of threads, each over a read-only connection of its own.</summary>
/// <remarks>Idle connections wait in a small pool with their prepared statements.</remarks>
public sealed class SqliteEventReader(Database database) : IEventReader, IDisposable
{
    private readonly ConcurrentBag<Session> _idle = [];
    private readonly ConcurrentDictionary<(GroupId, ChainId), long> _numbers = new();

    public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
        With(s => Number(s, group, chain) is { } number ? s.Queries.Read(number, after, eventsMax, bytesMax) : null);

    public Event? Find(GroupId group, Position position) =>
        With(s => Number(s, group, position.Chain) is { } number ? s.Queries.Find(number, position.Seq) : null);

    /// <summary>The local number of a chain; null while no committed event of it is here.</summary>
    public long? ChainNumber(GroupId group, ChainId chain) => With(s => Number(s, group, chain));

    /// <summary>The chain of a local number, for rows keyed by it.</summary>
    public (GroupId Group, ChainId Chain)? ChainOf(long number) => With(s => s.Queries.ChainName(number));

    public void Dispose()
    {
        while (_idle.TryTake(out var session)) session.Dispose();
    }

    /// <summary>Numbers never change, so the first committed answer serves for ever.</summary>
    private long? Number(Session session, GroupId group, ChainId chain)
    {
        if (_numbers.TryGetValue((group, chain), out var known)) return known;
        if (session.Queries.ChainNumber(group, chain) is not { } number) return null;
        _numbers[(group, chain)] = number;
        return number;
    }

    private T With<T>(Func<Session, T> read)
    {
        if (!_idle.TryTake(out var session)) session = new Session(database.OpenReader());
        try
        {
            var result = read(session);
            _idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private sealed class Session(SqliteConnection connection) : IDisposable
    {
        public EventQueries Queries { get; } = new(connection.Handle!);

        public void Dispose()
        {
            Queries.Dispose();
            connection.Dispose();
        }
    }
}
