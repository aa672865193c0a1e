using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Hives;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>Casts the votes of this node's agents in the form the group's vote privacy asks for.</summary>
/// <remarks>
/// Each agent's own vote is kept in a local table in every mode: pages show it, and a tally is counted from it. Row and
/// event go to the writer together, so they become durable together.
/// </remarks>
public sealed class BallotBox(Database database, LogWriter writer, NodeSecret secret) : IDisposable
{
    // A tally counts all local votes of a target: the later count must also be the later event.
    private readonly SemaphoreSlim _counting = new(1, 1);

    /// <summary>Writes the agent's vote; durable when it returns.</summary>
    public async Task<EventRef> CastAsync(
        LocalAgent agent, HiveTarget target, int value, CancellationToken cancellation)
    {
        var privacy = writer.AuthorityOf(target.Group).Genesis?.VotePrivacy;
        if (privacy == "tally") return await CountAsync(agent, target, value, cancellation);
        var voter = privacy == "per_agent" ? agent.Id : Pseudonym(target, agent);
        return await RecordAsync(
            agent, target, value, HiveDrafts.Make("vote_cast", new VoteCast(voter, value), target.Ref), cancellation);
    }

    /// <summary>The agent's vote on a target, by its short id; 0 where there is none.</summary>
    public int Of(LocalAgent agent, string target)
    {
        using var db = database.OpenReader();
        return db.QuerySingleOrDefault<int>(
            "SELECT value FROM own_votes WHERE target = @target AND agent = @agent", new { target, agent = agent.Id });
    }

    public void Dispose() => _counting.Dispose();

    /// <summary>
    /// One name per agent and target: it binds an agent's votes on one target together and says nothing about others.
    /// </summary>
    private string Pseudonym(HiveTarget target, LocalAgent agent)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Bytes.Span);
        Span<byte> ids = stackalloc byte[Hash256.Size + EventRef.Size];
        target.Group.Value.CopyTo(ids);
        target.Ref.Chain.Origin.Value.CopyTo(ids[32..]);
        BinaryPrimitives.WriteUInt64BigEndian(ids[64..], target.Ref.Chain.Incarnation.Value);
        BinaryPrimitives.WriteInt64BigEndian(ids[72..], target.Ref.Seq);
        BinaryPrimitives.WriteUInt64BigEndian(ids[80..], target.Ref.IdPrefix);
        mac.AppendData(Domains.Voter);
        mac.AppendData(ids);
        mac.AppendData(Encoding.UTF8.GetBytes(agent.Id));
        return Base32.Encode(mac.GetHashAndReset());
    }

    private async Task<EventRef> CountAsync(
        LocalAgent agent, HiveTarget target, int value, CancellationToken cancellation)
    {
        await _counting.WaitAsync(cancellation);
        try
        {
            var (up, down) = CountWith(agent, target, value);
            var made = HiveDrafts.Make("vote_tallied", new VoteTallied(up, down), target.Ref);
            return await RecordAsync(agent, target, value, made, cancellation);
        }
        finally
        {
            _counting.Release();
        }
    }

    private (int Up, int Down) CountWith(LocalAgent agent, HiveTarget target, int value)
    {
        using var db = database.OpenReader();
        var others = db.QuerySingle<(int Up, int Down)>(
            """
            SELECT count(*) FILTER (WHERE value > 0), count(*) FILTER (WHERE value < 0)
            FROM own_votes WHERE target = @target AND agent <> @agent
            """,
            new { target = target.Ref.ShortId(target.Group), agent = agent.Id });
        return (others.Up + (value > 0 ? 1 : 0), others.Down + (value < 0 ? 1 : 0));
    }

    private async Task<EventRef> RecordAsync(
        LocalAgent agent,
        HiveTarget target,
        int value,
        (Draft? Draft, Problem? Problem) made,
        CancellationToken cancellation)
    {
        var draft = made.Draft ?? throw new InvalidOperationException(made.Problem!.Sentence);
        var row = new { target = target.Ref.ShortId(target.Group), agent = agent.Id, value };
        var kept = writer.OnWriterAsync(
            db => db.Execute(
                "INSERT OR REPLACE INTO own_votes (target, agent, value) VALUES (@target, @agent, @value)", row),
            cancellation);
        var written = await writer.WriteAsync(target.Group, [draft], cancellation);
        await kept;
        return written[0];
    }
}
