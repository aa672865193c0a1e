using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>What a watched node does: writes of every sort, in a hive that it founds where it is missing.</summary>
internal static class StoreWork
{
    /// <summary>Starts a node, works, and stops it; notes what was acknowledged.</summary>
    public static async Task Do(string home, int rounds, Acknowledged said)
    {
        await using var node = new HiveNode(home);
        await node.InitializeAsync();
        Note();
        if (rounds == 0) return;
        var agent = await node.Agents.OwnerAsync(HiveNode.Cancellation);
        var cats = node.Queries.Hive("cats")?.Group ?? await node.HiveAsync(agent);
        for (var round = 0; round < rounds; round++)
        {
            await Round(node, agent, round);
            Note();
        }

        await node.Writer.CompactAsync(cats, dryRun: false, HiveNode.Cancellation);
        Note();

        void Note()
        {
            foreach (var group in node.Writer.Groups()) said.Add(group.Id, node.Writer.Durable(group.Id));
        }
    }

    /// <summary>Several writers at once, so that commits hold more than one event.</summary>
    public static async Task Round(HiveNode node, LocalAgent agent, int round)
    {
        var text = string.Concat(Enumerable.Repeat($"Round {round}. ", 1 + round % 7 * 40));
        var posts = await Task.WhenAll(Enumerable.Range(0, 1 + round % 4).Select(
            number => node.PostAsync(agent, $"Post {round}.{number}", text)));
        var comment = await node.CommentAsync(agent, posts[0], text: text);
        HiveNode.Done(await node.Commands.VoteAsync(agent, comment, 1, HiveNode.Cancellation));
        if (round % 3 == 0)
            HiveNode.Done(await node.Commands.EditPostAsync(
                agent, posts[0], null, "Edited. " + text, null, HiveNode.Cancellation));
        if (round % 5 == 0)
            HiveNode.Done(await node.Commands.DeleteAsync(agent, comment, null, HiveNode.Cancellation));
    }
}
