using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The disk fails in the middle of the writer's transaction.</summary>
public sealed class FailedWriterTests : IDisposable
{
    private const int InputOutputError = 10;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Half_a_transaction_is_gone_after_a_restart_and_its_asker_is_told()
    {
        await using (var node = await Start())
        {
            var half = node.Writer.OnWriterAsync(
                connection => connection.Execute("INSERT INTO cursors VALUES ('half', 1)") == 1
                    ? throw new SqliteException("disk I/O error", InputOutputError)
                    : false,
                HiveNode.Cancellation);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => half);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => node.Writer.OnWriterAsync(_ => true, HiveNode.Cancellation));
        }

        await using var again = await Start();
        using var reader = again.Get<Database>().OpenReader();
        Assert.Equal(0, reader.QuerySingle<long>("SELECT count(*) FROM cursors WHERE projection = 'half'"));
    }

    private async Task<HiveNode> Start()
    {
        var node = new HiveNode(_directory.At("home"));
        await node.InitializeAsync();
        return node;
    }
}
