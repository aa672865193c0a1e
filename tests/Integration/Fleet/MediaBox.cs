using System.Collections.Concurrent;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A real node with one volume, a folder of media in it, and what it told its fleet.</summary>
internal sealed class MediaBox : IAsyncDisposable
{
    private readonly TemporaryDirectory _disk = new();
    private readonly string? _root;

    private MediaBox(TimeProvider time, string? root) => (Time, _root) = (time, root);

    public TimeProvider Time { get; }

    public LiveNode Node { get; private set; } = null!;

    public LocalVolume Volume { get; private set; } = null!;

    /// <summary>The volume's root.</summary>
    public string Root => _root ?? _disk.At("disk");

    public ConcurrentQueue<HeldItem> Told { get; } = new();

    public ConcurrentQueue<PieceLayer> Described { get; } = new();

    public ItemStore Store => Node.Get<ItemStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<MediaBox> Start(
        TimeProvider? time = null, string? root = null, Func<NodeOptions, NodeOptions>? with = null,
        bool tellsFleet = false, Action<IServiceCollection>? services = null)
    {
        var box = new MediaBox(time ?? TimeProvider.System, root);
        Directory.CreateDirectory(Path.Combine(box.Root, "films"));
        box.Node = await LiveNode.Start(
            box.Time, peerListen: "https://127.0.0.1:0", with: with, services: all =>
            {
                if (!tellsFleet) all.AddSingleton<TellFleet>(box.Tell);
                services?.Invoke(all);
            });
        var (volume, problem) = await box.Node.Get<Volumes>().AddAsync(box.Root, "disk", 0, Cancellation);
        Assert.Null(problem);
        box.Volume = volume!;
        Assert.Null(await box.Store.WatchAsync(volume!.Id, "films", Cancellation));
        return box;
    }

    public string At(string name) => Path.Combine(Root, "films", name);

    /// <summary>A file that was written ten minutes ago; each seed has other bytes.</summary>
    public string Put(string name, int bytes, int seed)
    {
        var path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Bytes(bytes, seed));
        Age(path, 10);
        return path;
    }

    public void Age(string path, int minutes) =>
        File.SetLastWriteTimeUtc(path, Time.GetUtcNow().UtcDateTime.AddMinutes(-minutes));

    public static byte[] Bytes(int bytes, int seed)
    {
        var made = new byte[bytes];
        new Random(seed).NextBytes(made);
        return made;
    }

    public static ItemId ItemOf(byte[] bytes)
    {
        var root = new PiecesRoot();
        root.Add(bytes);
        return ItemId.Of(bytes.Length, root.Root());
    }

    /// <summary>Looks at the folders once, hashes all that is to be, and tells.</summary>
    public async Task<VolumeScan> Look(bool ownerLetsGo = false)
    {
        // As the node's own loop does: nothing new is hashed before the client has told what it fetches.
        await Node.Get<ClientFiles>().LookAsync(Cancellation);
        var scans = await Store.ScanAsync(ownerLetsGo ? Missing.IsGone : Missing.Counts, Cancellation);
        while (await Node.Get<HashWork>().NextAsync(Cancellation))
        {
        }

        Assert.True(await Node.Get<HoldingPost>().TellAsync(Cancellation));
        return Assert.Single(scans);
    }

    /// <summary>Puts a file, hashes it, and says which item it is.</summary>
    public async Task<ItemId> Hold(string name, int bytes, int seed)
    {
        Put(name, bytes, seed);
        await Look();
        var item = ItemOf(Bytes(bytes, seed));
        Assert.NotNull(Store.Find(item));
        return item;
    }

    /// <summary>Another byte in the middle, and no sign of it but in the bytes.</summary>
    public void Rot(string name, int at)
    {
        var path = At(name);
        var written = File.GetLastWriteTimeUtc(path);
        using (var file = File.Open(path, FileMode.Open))
        {
            file.Seek(at, SeekOrigin.Begin);
            var was = file.ReadByte();
            file.Seek(at, SeekOrigin.Begin);
            file.WriteByte((byte)(was ^ 1));
        }

        File.SetLastWriteTimeUtc(path, written);
    }

    /// <summary>The whole item, as this device fetches it from others.</summary>
    public Task<StoredCopy> Pull(ItemId item, params ItemSource[] sources) => Pull(item, null, sources);

    public Task<StoredCopy> Pull(ItemId item, IProgress<CopyProgress>? progress, params ItemSource[] sources) =>
        Node.Get<CopyPull>().FetchAsync(item, Volume.Id, sources, progress, Cancellation);

    /// <summary>How this device would read items of another.</summary>
    public ItemSource From(MediaBox other) =>
        new(other.Node.Id, () => Node.Get<PeerClient>().Items(other.Node.Id));

    public HeldItem? Held(ItemId item) => Store.Held().SingleOrDefault(h => h.Item == item);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _disk.Dispose();
    }

    private Task<Problem?> Tell(IReadOnlyList<PieceLayer> described, IReadOnlyList<HeldItem> held, CancellationToken _)
    {
        // The node's own loop may tell the same beside the test: the same word twice is one.
        lock (Told)
        {
            foreach (var layer in described)
                if (Described.All(d => d.Item != layer.Item)) Described.Enqueue(layer);
            foreach (var one in held)
                if (Told.LastOrDefault(t => t.Item == one.Item) is not { } last
                    || (last.Gen, last.State) != (one.Gen, one.State))
                    Told.Enqueue(one);
        }

        return Task.FromResult<Problem?>(null);
    }
}
