using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// SHA-256 over a hive's rows in canonical order: equal exactly where two nodes folded the same state. Format:
/// docs/events.md, "State digest".
/// </summary>
/// <remarks>
/// Rows stream through: items by key, votes by (target, origin, voter), tallies by (target, origin), members and bans
/// by (instance, agent), settings by key; text compares ordinally. A row out of order throws. Rows that say nothing
/// are skipped, for whether they exist depends on the order of arrival.
/// </remarks>
public sealed class HiveStateDigest : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _at;
    private byte _section;
    private EventRef _ref;
    private NodeId _node;
    private string _text = "";

    public HiveStateDigest() => _hash.AppendData(Domains.State);

    public void AddItem(ItemRow item)
    {
        Advance(1, item.Key, default, "");
        if (IsBlank(item)) return;
        Begin(1);
        Write(item.Key);
        Write((ulong)item.Up);
        Write((ulong)item.Down);
        Write((byte)(item.IsDeleted ? 1 : 0));
        if (item.IsDeleted) return;
        Write((byte)item.Kind);
        if (item.Kind != ItemKind.Unknown)
        {
            Write(item.Hlc.Value);
            if (item.Kind == ItemKind.Comment)
            {
                Write(item.Post);
                Write((byte)(item.Parent is null ? 0 : 1));
                if (item.Parent is { } parent) Write(parent);
            }

            Write((byte)(item.HasText ? 1 : 0));
            Write(item.AgentId);
        }

        Write(item.Title);
        Write(item.Content);
        Write(item.Url);
    }

    public void AddVote(VoteRow vote)
    {
        Advance(2, vote.Target, vote.Origin, vote.Voter);
        Begin(2);
        Write(vote.Target);
        Write(vote.Origin);
        Write(vote.Voter);
        Write((byte)(vote.Value + 1));
        Write(vote.Order);
    }

    public void AddTally(TallyRow tally)
    {
        Advance(3, tally.Target, tally.Origin, "");
        Begin(3);
        Write(tally.Target);
        Write(tally.Origin);
        Write((ulong)tally.Up);
        Write((ulong)tally.Down);
        Write(tally.Order);
    }

    public void AddMember(MemberRow member)
    {
        Advance(4, default, member.Instance, member.AgentId);
        Begin(4);
        Write(member.Instance);
        Write(member.AgentId);
        Write((byte)(member.Joined ? 1 : 0));
        Write(member.Order);
    }

    public void AddBan(BanRow ban)
    {
        Advance(5, default, ban.Instance, ban.AgentId);
        Begin(5);
        Write(ban.Instance);
        Write(ban.AgentId);
        Write((byte)(ban.Banned ? 1 : 0));
        Write((ulong)ban.After.Count);
        foreach (var (incarnation, seq) in ban.After.OrderBy(chain => chain.Key))
        {
            Write(incarnation.Value);
            Write((ulong)seq);
        }

        Write(ban.Order);
    }

    public void AddSetting(SettingRow setting)
    {
        Advance(6, default, default, setting.Key);
        Begin(6);
        Write(setting.Key);
        Write(setting.Value);
        Write(setting.Order);
    }

    /// <summary>The digest of all rows added; nothing can be added afterwards.</summary>
    public Hash256 Finish()
    {
        Advance(byte.MaxValue, default, default, "");
        Flush();
        return new Hash256(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private static bool IsBlank(ItemRow item) =>
        item is { Kind: ItemKind.Unknown, IsDeleted: false, Up: 0, Down: 0 }
        && !item.Title.IsSet && !item.Content.IsSet && !item.Url.IsSet;

    private void Advance(byte section, in EventRef target, NodeId node, string text)
    {
        var order = section.CompareTo(_section);
        if (order == 0) order = target.CompareTo(_ref);
        if (order == 0) order = node.CompareTo(_node);
        if (order == 0) order = string.CompareOrdinal(text, _text);
        if (order <= 0) throw new InvalidOperationException("Rows must reach a digest in canonical order.");
        (_section, _ref, _node, _text) = (section, target, node, text);
    }

    private void Begin(byte section) => Write(section);

    private void Write(byte value) => Take(1)[0] = value;

    private void Write(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    private void Write(NodeId node) => node.Value.CopyTo(Take(Hash256.Size));

    private void Write(in EventRef target)
    {
        Write(target.Chain.Origin);
        Write(target.Chain.Incarnation.Value);
        Write((ulong)target.Seq);
        Write(target.IdPrefix);
    }

    private void Write(LastWriterWins order)
    {
        Write(order.Hlc.Value);
        Write((ulong)order.Seq);
        Write(order.Incarnation.Value);
    }

    private void Write(OwnerFirst order)
    {
        Write((byte)order.Rank);
        Write(order.Hlc.Value);
        Write(order.Origin);
        Write((ulong)order.Seq);
        Write(order.Incarnation.Value);
    }

    private void Write(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Write((ulong)count);
        if (count <= BufferBytes)
        {
            Encoding.UTF8.GetBytes(text, Take(count));
            return;
        }

        Flush();
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private Span<byte> Take(int count)
    {
        if (_at + count > BufferBytes) Flush();
        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _at));
        _at = 0;
    }
}
