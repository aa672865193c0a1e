using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>Which hives are followed. Safe to call from several threads.</summary>
public sealed class MirrorBook
{
    private readonly ConcurrentDictionary<GroupId, Mirror> _mirrors = new();
    private readonly LogWriter _writer;

    public MirrorBook(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        foreach (var row in db.Query<(byte[] Group, string Endpoint, long SinceMs)>(
            "SELECT group_id, endpoint, since_ms FROM mirrored_groups"))
        {
            // Only what was read as an address is ever written here.
            var endpoint = Endpoint.TryParse(row.Endpoint)!;
            Put(new Mirror(new PublicLink(endpoint, new GroupId(new Hash256(row.Group))), row.SinceMs));
        }

        writer.IsReadOnly = Holds;
    }

    public IReadOnlyList<Mirror> All => [.. _mirrors.Values.OrderBy(m => m.Group)];

    public Mirror? Find(GroupId group) => _mirrors.GetValueOrDefault(group);

    public bool Holds(GroupId group) => _mirrors.ContainsKey(group);

    /// <summary>
    /// Durable when it returns. A hive that is followed already is read at the new place from then on.
    /// </summary>
    public async Task AddAsync(Mirror mirror, CancellationToken cancellation)
    {
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO mirrored_groups (group_id, endpoint, since_ms) VALUES (@Group, @Endpoint, @SinceMs)
                ON CONFLICT (group_id) DO UPDATE SET endpoint = @Endpoint
                """,
                new
                {
                    Group = mirror.Group.Value.ToArray(),
                    Endpoint = mirror.Link.Endpoint.ToString(),
                    mirror.SinceMs,
                }),
            cancellation);
        Put(mirror);
    }

    /// <summary>Durable when it returns; what was read stays.</summary>
    public async Task RemoveAsync(GroupId group, CancellationToken cancellation)
    {
        if (!Holds(group)) return;
        await _writer.OnWriterAsync(
            db => db.Execute(
                "DELETE FROM mirrored_groups WHERE group_id = @Group", new { Group = group.Value.ToArray() }),
            cancellation);
        _mirrors.TryRemove(group, out _);
    }

    /// <summary>Takes note of what became of a look; passed over where the hive is no longer followed there.</summary>
    internal void Note(Mirror before, Mirror after) => _mirrors.TryUpdate(before.Group, after, before);

    private void Put(Mirror mirror) => _mirrors[mirror.Group] = mirror;
}
