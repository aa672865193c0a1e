using System.Collections.Concurrent;
using System.Security.Cryptography;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>What became of a redeemed invite.</summary>
public enum Redemption
{
    /// <summary>Unknown id or wrong MAC: nothing is said beyond "not found".</summary>
    Unknown,

    /// <summary>The caller knows the secret, but another node was first.</summary>
    Used,

    /// <summary>The caller knows the secret, but came after seven days.</summary>
    Lapsed,

    Granted,
}

/// <summary>Invites this node issued: single use, seven days.</summary>
public sealed class InviteBook
{
    private readonly ConcurrentDictionary<string, byte> _ids = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    public InviteBook(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        foreach (var id in db.Query<byte[]>("SELECT id FROM invites")) _ids[Base64UrlText.Encode(id)] = 0;
    }

    /// <summary>True for an invite issued here, whatever became of it.</summary>
    public bool Knows(ReadOnlySpan<byte> id) => _ids.ContainsKey(Base64UrlText.Encode(id));

    /// <summary>A fresh invite; durable when it returns.</summary>
    public async Task<(InviteText Text, long ExpiresMs)> CreateAsync(
        GroupId group, Endpoint endpoint, CancellationToken cancellation)
    {
        var expires = _time.GetUtcNow().ToUnixTimeMilliseconds() + Limits.InviteLifetimeMs;
        var invite = new InviteText(
            endpoint,
            _writer.Self,
            group,
            RandomNumberGenerator.GetBytes(InviteText.IdBytes),
            RandomNumberGenerator.GetBytes(InviteText.SecretBytes));
        await _writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT INTO invites (id, group_id, secret, expires_ms) VALUES (@Id, @Group, @Secret, @Expires)
                """,
                new
                {
                    Id = invite.Id.ToArray(),
                    Group = group.Value.ToArray(),
                    Secret = invite.Secret.ToArray(),
                    Expires = expires,
                }),
            cancellation);
        _ids[Base64UrlText.Encode(invite.Id.Span)] = 0;
        return (invite, expires);
    }

    /// <summary>
    /// Binds an invite to the node that proved its key and the secret; durable when it returns. The same node may
    /// redeem it again, so that an answer lost on the way costs nothing.
    /// </summary>
    public Task<(Redemption Outcome, GroupId Group)> RedeemAsync(
        Handshake handshake, InviteProof proof, CancellationToken cancellation)
    {
        var node = handshake.Caller.Node.Value.ToArray();
        if (!Base64UrlText.TryDecode(proof.Id, InviteText.IdBytes, out var id)
            || !Base64UrlText.TryDecode(proof.Mac, out Hash256 mac))
            return Task.FromResult((Redemption.Unknown, default(GroupId)));
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return _writer.OnWriterAsync(
            db =>
            {
                var row = db.QuerySingleOrDefault<InviteRow>(
                    """
                    SELECT group_id AS "Group", secret AS Secret, expires_ms AS ExpiresMs, used_by AS UsedBy
                    FROM invites WHERE id = @id
                    """,
                    new { id });
                if (row is null || !Proves(handshake, row, mac)) return (Redemption.Unknown, default);
                var group = new GroupId(new Hash256(row.Group));
                if (row.UsedBy is { } by)
                    return (by.AsSpan().SequenceEqual(node) ? Redemption.Granted : Redemption.Used, group);
                if (row.ExpiresMs <= now) return (Redemption.Lapsed, group);
                db.Execute("UPDATE invites SET used_by = @node WHERE id = @id", new { node, id });
                return (Redemption.Granted, group);
            },
            cancellation);
    }

    private static bool Proves(Handshake handshake, InviteRow row, Hash256 mac) =>
        CryptographicOperations.FixedTimeEquals(handshake.InviteMac(row.Secret), mac.ToArray());

    private sealed class InviteRow
    {
        public required byte[] Group { get; init; }

        public required byte[] Secret { get; init; }

        public required long ExpiresMs { get; init; }

        public byte[]? UsedBy { get; init; }
    }
}
