using System.Diagnostics.Metrics;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anarchive.Tests.Integration;

/// <summary>What fetches files by ranges onto a shelf, without a node around it.</summary>
internal sealed class Carrier : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CarrierMeters _meters;
    private readonly TimeProvider _time;

    public Carrier(string root, TimeProvider time)
    {
        (_time, Bans) = (time, new SourceBans(time));
        _meters = new CarrierMeters(_services.GetRequiredService<IMeterFactory>());
        Shelf = new BlobShelf(root, _ => new DiskRoom(100L << 30, 100L << 30));
        Fetch = Fetching(BlobClient.StallAfter);
    }

    public SourceBans Bans { get; }

    public BlobShelf Shelf { get; }

    public RangeFetch Fetch { get; }

    /// <summary>Another onto the same shelf, to which a source may send nothing for that long.</summary>
    public RangeFetch Fetching(TimeSpan stall) =>
        new(Shelf, Bans, _meters, _time, NullLogger<RangeFetch>.Instance) { Stall = stall };

    public void Dispose()
    {
        Fetch.Dispose();
        Shelf.Dispose();
        _meters.Dispose();
        _services.Dispose();
    }
}
