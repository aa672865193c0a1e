using System.Collections.Concurrent;
using System.Globalization;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A chain of a hive as rows name it.</summary>
internal sealed record HiveChain(long No, long GroupNo, GroupId Group, ChainId Chain)
{
    public string ShortName { get; } = Chain.ShortName(Group);
}

/// <summary>
/// Turns local chain numbers and the short names in ids into chains. Safe to use from several threads.
/// </summary>
/// <remarks>Chains are few and never change, so all of them stay in memory; new ones are read when asked for.</remarks>
internal sealed class HiveChains(Database database)
{
    private readonly ConcurrentDictionary<long, HiveChain> _byNo = new();
    private readonly ConcurrentDictionary<string, HiveChain> _byShortName = new(StringComparer.Ordinal);
    private readonly Lock _loading = new();
    private long _lastNo;

    /// <summary>Throws for a number no committed row can hold.</summary>
    public HiveChain Of(long no)
    {
        if (_byNo.TryGetValue(no, out var known)) return known;
        Load();
        return _byNo.TryGetValue(no, out known)
            ? known
            : throw new InvalidOperationException("A row names a chain that is not here.");
    }

    /// <summary>The place that an id in a URL names; null where its chain is not here or it is no id at all.</summary>
    public (HiveChain Chain, long Seq)? Find(string id)
    {
        var hyphen = id.IndexOf('-', StringComparison.Ordinal);
        if (hyphen != 16 || id.Length is < 18 or > 16 + 1 + 16 || id[17] == '0') return null;
        if (!long.TryParse(id.AsSpan(17), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) return null;
        var name = id[..16];
        if (!_byShortName.TryGetValue(name, out var chain))
        {
            Load();
            if (!_byShortName.TryGetValue(name, out chain)) return null;
        }

        return (chain, seq);
    }

    private void Load()
    {
        lock (_loading)
        {
            using var db = database.OpenReader();
            var rows = db.Query<(long No, long GroupNo, byte[] Group, byte[] Origin, byte[] Incarnation)>(
                """
                SELECT c.no, g.no, g.id, c.origin, c.incarnation
                FROM chains c JOIN groups g ON g.no = c.group_no
                WHERE c.no > @last AND g.kind = 'hive' ORDER BY c.no
                """,
                new { last = _lastNo });
            foreach (var row in rows)
            {
                var incarnation = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(row.Incarnation);
                var chain = new HiveChain(
                    row.No,
                    row.GroupNo,
                    new GroupId(new Hash256(row.Group)),
                    new ChainId(new NodeId(new Hash256(row.Origin)), new Incarnation(incarnation)));
                _byNo[chain.No] = chain;
                _byShortName[chain.ShortName] = chain;
                _lastNo = row.No;
            }
        }
    }
}
