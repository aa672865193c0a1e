using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Tells for the deletions of one hive whether retention made them. For one thread and one reading.</summary>
internal sealed class LapseReader(
    SqliteConnection db, long groupNo, GroupId group, IReadOnlyDictionary<string, string> genesis,
    VersionVector durable) : IDisposable
{
    private const string SaidSql = """
        SELECT e.header, e.payload, a.rank FROM hive_acts a JOIN events e ON e.chain = a.chain AND e.seq = a.seq
        WHERE a.group_no = ?1 AND a.rank >= 1
            AND substr(e.header, 2, 1) = x'14' AND substr(e.header, 161, 20) = CAST('hive_setting_changed' AS BLOB)
        """;

    private const string WrittenSql =
        "SELECT hlc FROM hive_items WHERE chain = ?1 AND seq = ?2 AND prefix = ?3 AND kind <> 0";

    private readonly Dictionary<ChainId, long?> _numbers = [];
    private readonly Statement _written = db.Statement(WrittenSql);
    private RetentionRule? _rule;

    public bool Made(EventHeader header, ReadOnlySpan<byte> payload, int rank)
    {
        // Reading the reason is cheap beside looking for what was deleted, which few deletions need.
        var reason = header.Refs.Count == 0 ? null : HivePayloads.ReadPayload(header.Kind, payload) switch
        {
            PostDeleted deleted => deleted.Reason,
            CommentDeleted deleted => deleted.Reason,
            _ => null,
        };
        return reason == RetentionRule.Reason && Written(header.Refs[0]) is { } written
            && (_rule ??= new RetentionRule(Said())).Made(rank, reason, written, header.Hlc);
    }

    public void Dispose() => _written.Dispose();

    private Hlc? Written(EventRef target)
    {
        if (!_numbers.TryGetValue(target.Chain, out var number))
            _numbers[target.Chain] = number = db.NumberOf(group, target.Chain);
        if (number is not { } chain) return null;
        _written.Bind(1, chain).Bind(2, target.Seq).Bind(3, RowColumns.Column(target.IdPrefix));
        Hlc? written = _written.Step() ? RowColumns.ReadHlc(_written, 0) : null;
        _written.Reset();
        return written;
    }

    private List<RetentionWord> Said()
    {
        var said = new List<RetentionWord>();
        // What the genesis sets is the founder's, and any later word of rank takes its place.
        if (genesis.TryGetValue(HiveSettings.RetentionDays, out var first)) said.Add(new(default, 1, first));
        using var row = db.Statement(SaidSql);
        row.Bind(1, groupNo);
        while (row.Step())
        {
            if (row.IsNull(1) || EventHeader.TryRead(row.Blob(0).ToArray(), out _) is not { } header) continue;
            // Beyond the durable vector it is nobody's word, as in the list itself.
            if (header.Seq > durable.SeqOf(header.Chain)) continue;
            if (HivePayloads.ReadPayload(header.Kind, row.Blob(1))
                is HiveSettingChanged { Key: HiveSettings.RetentionDays } set)
                said.Add(new(header.Hlc, (int)row.Int64(2), set.Value));
        }

        return said;
    }
}
