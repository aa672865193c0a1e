using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Copies by rsync over a real sshd, whose key may fetch an item by its token and do nothing else.</summary>
public sealed class RsyncTests : IAsyncLifetime
{
    private const int Size = 6 * 1024 * 1024 + 5;

    private MediaBox _source = null!;
    private MediaBox _target = null!;
    private RealSshd? _sshd;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await MediaBox.Start();
        _target = await MediaBox.Start(with: o => o with { FleetCopyBytesPerSecond = 0 });
        await Pairings.Pair(_source.Node, _target.Node, InviteKind.Device);
        _sshd = await RealSshd.For(_source);
        Assert.SkipWhen(_sshd is null, "openssh-server and rsync are not installed.");
        Assert.Null(await _target.Node.Get<SshBook>().SetAsync(_source.Node.Id, _sshd.Way, Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        _sshd?.Dispose();
        await _target.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_comes_by_rsync_is_checked_and_held()
    {
        var item = await _source.Hold("with a blank 'and quotes' $(x).mkv", Size, 1);
        var copy = await Pull(item);
        Assert.Equal("with a blank 'and quotes' $(x).mkv", copy.Name);
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
        Assert.Equal(HoldingState.Present, _target.Held(item)!.State);
        Assert.NotNull(_source.Store.Find(item));
    }

    [Fact]
    public async Task What_came_before_is_gone_on_with_and_what_was_spoilt_is_mended()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var part = CopyDraft.PathOf(_target.Volume, item);
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        var half = MediaBox.Bytes(Size, 1).AsSpan(0, Size / 2).ToArray();
        half[1000] ^= 1;
        await File.WriteAllBytesAsync(part, half, Cancellation);
        var copy = await Pull(item);
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
    }

    [Fact]
    public async Task A_source_whose_bytes_rotted_is_not_believed_by_this_way_either()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        _source.Rot("a.mkv", 3_000_000);
        Assert.Equal("blob_mismatch", (await Assert.ThrowsAsync<CarrierException>(() => Pull(item))).Code);
        Assert.Empty(_target.Store.Held());
        Assert.False(Directory.Exists(Path.Combine(_target.Root, "Anarchive")));
    }

    [Fact]
    public async Task A_host_that_shows_another_key_is_given_nothing()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var hosts = Path.Combine(_target.Root, "no_hosts");
        await File.WriteAllTextAsync(hosts, "", Cancellation);
        var way = _sshd!.Way with { KnownHosts = hosts };
        Assert.Null(await _target.Node.Get<SshBook>().SetAsync(_source.Node.Id, way, Cancellation));
        Assert.Equal("no_source", (await Assert.ThrowsAsync<CarrierException>(() => Pull(item))).Code);
    }

    [Fact]
    public async Task The_key_may_do_nothing_but_fetch_an_item_by_its_token()
    {
        var item = await _source.Hold("a.mkv", 1000, 1);
        var offer = await _target.Node.Get<PeerClient>().Items(_source.Node.Id).OfferAsync(item, Cancellation);
        string[][] tries =
        [
            ["id"],
            ["cat", "/etc/passwd"],
            ["rsync", "--server", "--sender", "-e.L", ".", "/etc/passwd"],
            ["rsync", "--server", "--sender", "-se.L", ".", $"{item}.{offer.Token}"],
            ["rsync", "--server", "-e.L", ".", $"{item}.{offer.Token}"],
            ["rsync", "--server", "--sender", "--remove-source-files", ".", $"{item}.{offer.Token}"],
            ["rsync", "--server", "--sender", "-e.L", ".", $"{item}.{new string('A', 43)}"],
            ["rsync", "--server", "--sender", "-e.L", ".", $"{ItemId.Of(1, Hash256.Zero)}.{offer.Token}"],
            [],
        ];
        foreach (var words in tries)
        {
            var (exit, output) = await _sshd!.Say(words);
            Assert.NotEqual(0, exit);
            // The key let it in, and the node refused.
            Assert.Contains("There is no such transfer here.", output);
            Assert.DoesNotContain("root:", output);
            Assert.DoesNotContain(_source.Root, output);
        }

        Assert.NotNull(_source.Store.Find(item));
    }

    [Fact]
    public async Task A_way_that_could_be_read_as_something_else_is_refused()
    {
        var good = _sshd!.Way;
        SshWay[] bad =
        [
            good with { Host = "-oProxyCommand=id" }, good with { User = "-l" }, good with { Host = "a b" },
            good with { Key = "/tmp/a b" }, good with { Key = "relative" }, good with { KnownHosts = "/tmp/$(id)" },
            good with { Port = 0 }, good with { Host = "" },
        ];
        foreach (var way in bad)
            Assert.Equal(
                "bad_ssh_way",
                (await _target.Node.Get<SshBook>().SetAsync(_source.Node.Id, way, Cancellation))?.Code);
    }

    private Task<StoredCopy> Pull(ItemId item) => _target.Node.Get<RsyncPull>().FetchAsync(
        item, _target.Volume.Id, _target.From(_source), Cancellation);
}
