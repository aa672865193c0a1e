using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Storage as a node wires it.</summary>
public sealed class StorageWiringTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_node_opens_its_storage_and_finds_itself_again_after_a_restart()
    {
        var first = Start();
        Assert.Equal(first, Start());
    }

    [Fact]
    public void A_second_node_on_the_same_directory_is_refused()
    {
        using var running = Provider();
        running.GetRequiredService<IEventStore>();
        using var second = Provider();
        var refused = Assert.Throws<DataDirectoryException>(() => second.GetRequiredService<IEventStore>());
        Assert.Equal("data_directory_in_use", refused.Code);
    }

    private (NodeId, Incarnation, string) Start()
    {
        using var services = Provider();
        services.GetRequiredService<IEventStore>();
        services.GetRequiredService<IEventReader>();
        return (
            services.GetRequiredService<NodeKey>().NodeId,
            services.GetRequiredService<IncarnationWitness>().Current,
            services.GetRequiredService<Database>().Uuid);
    }

    private ServiceProvider Provider() => new ServiceCollection()
        .AddLogging()
        .AddSingleton(new NodeOptions { DataDirectory = _directory.At("home") })
        .AddStorage()
        .BuildServiceProvider();
}
