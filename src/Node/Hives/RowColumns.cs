using System.Buffers.Binary;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>How hive rows stand in columns; the writer's statements and the readers' share it.</summary>
internal static class RowColumns
{
    /// <summary>Columns of <see cref="ReadItem"/>, in order.</summary>
    public const string Item =
        "chain, seq, prefix, kind, has_text, agent, post_chain, post_seq, post_prefix, " +
        "parent_chain, parent_seq, parent_prefix, hlc, registers, own_tombstone, rank_tombstones, up, down";

    private const int RegisterBytes = 24;
    private const ulong SignBit = 1UL << 63;

    /// <summary>Reads <see cref="Item"/> from the first column on.</summary>
    public static ItemRow ReadItem(Statement row, Func<long, ChainId> chainOf)
    {
        var item = new ItemRow(Ref(row, 0, chainOf))
        {
            Kind = (ItemKind)row.Int64(3),
            HasText = row.Int64(4) != 0,
            AgentId = row.Text(5),
            Post = row.IsNull(6) ? default : Ref(row, 6, chainOf),
            Parent = row.IsNull(9) ? null : Ref(row, 9, chainOf),
            Hlc = ReadHlc(row, 12),
            OwnTombstone = row.Int64(14) != 0,
            RankTombstones = (int)row.Int64(15),
            Up = row.Int64(16),
            Down = row.Int64(17),
        };
        if (row.IsNull(13)) return item;
        var registers = row.Blob(13);
        item.Title = ReadRegister(registers);
        item.Content = ReadRegister(registers[RegisterBytes..]);
        item.Url = ReadRegister(registers[(2 * RegisterBytes)..]);
        return item;
    }

    public static EventRef Ref(Statement row, int column, Func<long, ChainId> chainOf) =>
        new(chainOf(row.Int64(column)), row.Int64(column + 1), unchecked((ulong)row.Int64(column + 2)) ^ SignBit);

    public static Hlc ReadHlc(Statement row, int column) => new(unchecked((ulong)row.Int64(column)));

    /// <summary>Reads (hlc, by_chain, by_seq).</summary>
    public static LastWriterWins ReadOrder(Statement row, int column, Func<long, ChainId> chainOf) => new(
        ReadHlc(row, column), row.Int64(column + 2), chainOf(row.Int64(column + 1)).Incarnation);

    /// <summary>Reads (rank, hlc, by_chain, by_seq).</summary>
    public static OwnerFirst ReadOwnerFirst(Statement row, int column, Func<long, ChainId> chainOf)
    {
        var by = chainOf(row.Int64(column + 2));
        return new OwnerFirst(
            (int)row.Int64(column), ReadHlc(row, column + 1), by.Origin, row.Int64(column + 3), by.Incarnation);
    }

    public static long Column(Hlc hlc) => unchecked((long)hlc.Value);

    /// <summary>The sign bit is turned over, so that the column sorts as the number does.</summary>
    public static long Column(ulong prefix) => unchecked((long)(prefix ^ SignBit));

    /// <summary>Binds the three registers of an item; most items have none.</summary>
    public static void BindRegisters(Statement statement, int index, ItemRow item)
    {
        if (!item.Title.IsSet && !item.Content.IsSet && !item.Url.IsSet)
        {
            statement.BindNull(index);
            return;
        }

        Span<byte> bytes = stackalloc byte[3 * RegisterBytes];
        WriteRegister(bytes, item.Title);
        WriteRegister(bytes[RegisterBytes..], item.Content);
        WriteRegister(bytes[(2 * RegisterBytes)..], item.Url);
        statement.Bind(index, bytes);
    }

    /// <summary>The last accepted seqs of a ban, 16 bytes per incarnation.</summary>
    public static byte[] Write(IReadOnlyDictionary<Incarnation, long> after)
    {
        var bytes = new byte[after.Count * 16];
        var at = 0;
        foreach (var (incarnation, seq) in after)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at), incarnation.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at + 8), seq);
            at += 16;
        }

        return bytes;
    }

    public static Dictionary<Incarnation, long> ReadAfter(ReadOnlySpan<byte> bytes)
    {
        var after = new Dictionary<Incarnation, long>(bytes.Length / 16);
        for (; bytes.Length >= 16; bytes = bytes[16..])
            after[new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(bytes))] =
                BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        return after;
    }

    /// <summary>Agent ids and pseudonyms are base32 of 10 and 32 bytes; as bytes they take a third less room.</summary>
    public static int WriteVoter(string voter, Span<byte> bytes)
    {
        var length = voter.Length * 5 / 8;
        return Base32.TryDecode(voter, bytes[..length])
            ? length
            : throw new InvalidOperationException("A voter must be base32.");
    }

    private static LastWriterWins ReadRegister(ReadOnlySpan<byte> bytes) => new(
        new Hlc(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
        BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
        new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(bytes[16..])));

    private static void WriteRegister(Span<byte> bytes, LastWriterWins register)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, register.Hlc.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], register.Seq);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], register.Incarnation.Value);
    }
}
