using Anarchive.Log;
using Anarchive.Node;
using Dapper;

namespace Anarchive.Tests.Integration;

/// <summary>Opens a data directory as the node does, and says what does not hold there.</summary>
internal static class StoreCheck
{
    /// <summary>
    /// Null where all holds. Otherwise a sentence that begins with the invariant: A (an acknowledged event is gone),
    /// C (a chain does not verify), R (folding anew gives another state), or with what the start was refused for.
    /// </summary>
    public static async Task<string?> FindFault(string home, Acknowledged acknowledged)
    {
        var node = new HiveNode(home);
        try
        {
            await node.InitializeAsync();
            return Missing(node, acknowledged) ?? Broken(node) ?? await Refolded(node) ?? Damaged(node)
                ?? await Mute(node);
        }
        catch (Exception e) when (e is StartRefusedException or StoreFailedException or IOException)
        {
            return $"Not opened: {e.GetType().Name} {(e as StartRefusedException)?.Code} {e.Message}";
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static string? Missing(HiveNode node, Acknowledged acknowledged)
    {
        var store = node.Get<SqliteEventStore>();
        foreach (var (group, chain, head) in acknowledged.Heads)
        {
            var stored = store.Chains(group).SingleOrDefault(c => c.Chain == chain);
            if (!(stored?.Head.Seq >= head.Seq)) return $"A: {head.Seq} was acknowledged and ends at {stored?.Head}";
            if (stored.Head.Seq == head.Seq && stored.Head != head) return $"A: {head.Seq} is another event";
            if (stored.Cut >= head.Seq)
            {
                var file = node.Writer.EditionOf(group)!.File;
                if (!File.Exists(node.Get<EditionFiles>().PathOf(group, file))) return "A: the edition's file is gone";
            }
            else if (store.Find(group, new Position(chain, head.Seq))?.Header.Id != head.Id)
            {
                return $"A: {head.Seq} was acknowledged and is not here";
            }
        }

        return null;
    }

    private static string? Broken(HiveNode node)
    {
        var (store, verifier) = (node.Get<SqliteEventStore>(), node.Get<IVerifier>());
        var schema = node.Get<IProjection>().Schema;
        foreach (var group in store.Groups())
        {
            var replica = Replica.Load(group, store, verifier, schema);
            foreach (var chain in store.Chains(group.Id))
            {
                var after = chain.Cut;
                while (after < chain.Head.Seq)
                {
                    var run = store.Read(group.Id, chain.Chain, after, Limits.BatchEventsMax, Limits.BatchBytesMax);
                    if (run is null) return $"C: nothing can be read after {after} of {chain.Head.Seq}";
                    var key = replica.KeyOf(chain.Chain);
                    var whole = BatchCheck.Check(group.Id, run, schema, verifier, key, out var refusal);
                    if (whole?.SignedBy is null) return $"C: {run.FirstSeq}: {refusal}, or its signature";
                    after = run.LastSeq;
                }
            }
        }

        return null;
    }

    private static async Task<string?> Refolded(HiveNode node)
    {
        var groups = node.Writer.Groups().Select(g => g.Id).ToArray();
        var live = groups.Select(node.Queries.StateDigest).ToArray();
        await node.Writer.RefoldAsync(null, HiveNode.Cancellation);
        return live.SequenceEqual(groups.Select(node.Queries.StateDigest)) ? null : "R: another state";
    }

    private static string? Damaged(HiveNode node)
    {
        using var reader = node.Get<Database>().OpenReader();
        var said = reader.QueryFirst<string>("PRAGMA integrity_check(1)");
        return said == "ok" ? null : $"Damaged: {said}";
    }

    /// <summary>What was left must be fit to go on with.</summary>
    private static async Task<string?> Mute(HiveNode node)
    {
        if (node.Queries.Hive("cats") is null) return null;
        var wrote = await node.Commands.PostAsync(
            await node.Agents.OwnerAsync(HiveNode.Cancellation), "cats", "Still here", null, null,
            HiveNode.Cancellation);
        return wrote.Problem is { } problem ? $"Not writable: {problem.Code}" : null;
    }
}
