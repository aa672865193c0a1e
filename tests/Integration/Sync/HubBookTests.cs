using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a hub knows after a restart is what it knew before.</summary>
public sealed class HubBookTests : IAsyncLifetime
{
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await LiveNode.Start();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_key_is_not_spent_where_there_is_no_room()
    {
        var book = new HubBook(
            _node.Get<Database>(), _node.Writer, _node.Get<IVerifier>(), TimeProvider.System, nodesMax: 1);
        var (_, text) = (await book.MakeKeyAsync(isReusable: false, 3_600_000, Cancellation))!.Value;
        Assert.False((await book.RegisterAsync(Some(1), null, Cancellation))!.IsAdmitted);
        Assert.Null(await book.RegisterAsync(Some(2), text, Cancellation));
        Assert.Equal(0, Assert.Single(book.Keys).Uses);
        Assert.True(await book.RemoveAsync(Some(1).Id, Cancellation));
        Assert.True((await book.RegisterAsync(Some(2), text, Cancellation))!.IsAdmitted);
    }

    [Fact]
    public async Task Of_changes_at_the_same_time_the_last_is_what_a_restart_finds()
    {
        var book = _node.Get<HubBook>();
        for (var round = 0; round < 50; round++)
        {
            var acts = Enumerable.Range(0, 8).SelectMany(i => new Func<Task>[]
            {
                () => book.RegisterAsync(Some(i), null, Cancellation),
                () => book.AdmitAsync(Some(i).Id, Cancellation),
                () => book.RemoveAsync(Some(i).Id, Cancellation),
                () => book.RegisterAsync(Some(i, agents: 7), null, Cancellation),
            }).ToArray();
            Random.Shared.Shuffle(acts);
            await Task.WhenAll(acts.Select(act => Task.Run(act, Cancellation)));
            Assert.Equal(book.All.Select(n => (n.Id, n.IsAdmitted)), Written());
        }
    }

    /// <summary>A node with a key of its own for each number.</summary>
    private static HubNode Some(int number, int agents = 0)
    {
        var id = new NodeId(Hash256.Sha256(BitConverter.GetBytes(number)));
        var said = new HubRegistration(id.ToString(), [], null, [], [new HubSwarm("agents", agents)], [], null);
        return new HubNode(id, default, said, [], IsAdmitted: false, 1, 1);
    }

    private List<(NodeId, bool)> Written()
    {
        using var db = _node.Get<Database>().OpenReader();
        using var query = db.CreateCommand();
        query.CommandText = "SELECT id, admitted FROM hub_nodes ORDER BY id";
        using var rows = query.ExecuteReader();
        var written = new List<(NodeId, bool)>();
        while (rows.Read()) written.Add((new NodeId(new Hash256((byte[])rows[0])), rows.GetInt64(1) != 0));
        return written;
    }
}
