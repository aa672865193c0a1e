using System.Buffers.Binary;
using System.Security.Cryptography;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>
/// SHA-256 over a part group's observations in the order of their places: equal exactly where two nodes folded the
/// same.
/// Format: docs/events.md, "State digest of a part".
/// </summary>
internal static class PartDigest
{
    public static Hash256 Compute(SqliteConnection db, GroupId group)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domains.State);
        var rows = db.Query<(byte[] Origin, byte[] Incarnation, long Seq, long Retracted, byte[] Payload)>(
            """
            SELECT c.origin, c.incarnation, r.seq, r.retracted, r.payload
            FROM part_rows r JOIN chains c ON c.no = r.chain JOIN groups g ON g.no = r.group_no
            WHERE g.id = @Group ORDER BY c.origin, c.incarnation, r.seq
            """,
            new { Group = group.Value.ToArray() },
            buffered: false);
        Span<byte> number = stackalloc byte[9];
        foreach (var row in rows)
        {
            hash.AppendData(row.Origin);
            hash.AppendData(row.Incarnation);
            BinaryPrimitives.WriteInt64BigEndian(number, row.Seq);
            number[8] = (byte)row.Retracted;
            hash.AppendData(number);
            hash.AppendData(SHA256.HashData(row.Payload));
        }

        return new Hash256(hash.GetHashAndReset());
    }
}
