using Anarchive.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a node makes of a client that gets nothing, gets something else, or forgets.</summary>
public sealed class TorrentHostTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Of real time: far more than any of it takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly ScriptedClient _client = new();
    private readonly DataDirectory _directory;
    private readonly BlobShelf _shelf;
    private readonly TorrentHost _host;

    public TorrentHostTests()
    {
        _directory = DataDirectory.Open(_scratch.At("node"));
        _shelf = new BlobShelf(_scratch.At("blobs"), _ => new DiskRoom(100L << 30, 100L << 30));
        var options = new NodeOptions { DataDirectory = _directory.Root, TorrentClient = "aria2+http://127.0.0.1:1" };
        _host = new TorrentHost(
            options, _directory, _shelf, new LocalAddress(_directory), _time, NullLogger<TorrentHost>.Instance)
        {
            Open = _ => _client,
        };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_directory.Root, "torrents", _content.Ih.ToString());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _shelf.Dispose();
        _directory.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_fetch_that_gets_nothing_for_two_minutes_ends_and_the_next_goes_on()
    {
        await Start();
        var fetch = Fetch();
        for (var minute = 1; minute <= 4; minute++)
        {
            // Every byte and every change is reason enough to go on.
            _client.Progress = (TorrentState.Fetching, minute * 1000);
            await LookedAtTwice();
            _time.Skip(Minute);
        }

        await LookedAtTwice();
        Assert.False(fetch.IsCompleted);
        _time.Skip(2 * Minute);
        Assert.Equal("no_source", (await Refused(fetch)).Code);
        Assert.Equal([_content.Ih], _client.Torrents);
        Assert.True(Directory.Exists(Folder));

        fetch = Fetch();
        await _content.Save(Path.Combine(_client.FolderOf(_content.Ih), _content.Metainfo.Name), Cancellation);
        _client.Progress = (TorrentState.Seeding, _content.Bytes.Length);
        await fetch.WaitAsync(Patience, Cancellation);
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(_shelf.PathOf(_content.Ih)!, Cancellation));
        Assert.Empty(_client.Torrents);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_for_two_minutes_has_failed()
    {
        await Start();
        var fetch = Fetch();
        await LookedAtTwice();
        _client.IsUp = false;
        await LookedAtTwice();
        _time.Skip(3 * Minute);
        Assert.Equal("client_failed", (await Refused(fetch)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_got_another_file_than_was_said_keeps_nothing_of_it(bool rightPieces)
    {
        await Start();
        var other = new Content(seed: 2);
        var fetch = _host.FetchAsync(_content.Metainfo, other.Sha256, null, Cancellation);
        await (rightPieces ? _content : other).Save(Path.Combine(Folder, _content.Metainfo.Name), Cancellation);
        _client.Progress = (TorrentState.Seeding, _content.Bytes.Length);
        Assert.Equal("blob_mismatch", (await Refused(fetch)).Code);
        Assert.Empty(_client.Torrents);
        Assert.False(Directory.Exists(Folder));
        Assert.Null(_shelf.PathOf(_content.Ih));
    }

    [Fact]
    public async Task What_is_to_be_seeded_is_told_to_a_client_that_comes_later_or_forgot_it()
    {
        var path = await _content.Save(_scratch.At("file"), Cancellation);
        Assert.False(await _host.SeedAsync(_content.Ih, Cancellation));
        await _shelf.PutAsync(_content.Metainfo, path, _content.Sha256, Cancellation);
        Assert.False(await _host.SeedAsync(_content.Ih, Cancellation));
        await Start();
        await Told();

        _client.ForgetAll();
        _client.IsUp = false;
        _time.Skip(Minute);
        var other = new Content(seed: 2);
        await other.Save(path, Cancellation);
        await _shelf.PutAsync(other.Metainfo, path, other.Sha256, Cancellation);
        await Refused(_host.SeedAsync(other.Ih, Cancellation));
        _client.IsUp = true;
        await Told(other.Ih);

        await _host.ForgetAsync(_content.Ih, Cancellation);
        _client.ForgetAll();
        await Eventually.True(
            () =>
            {
                _time.Skip(Minute);
                return Task.FromResult(_client.Torrents.Count > 0);
            },
            () => "It is told nothing.");
        Assert.Equal([other.Ih], _client.Torrents);
    }

    private async Task Start()
    {
        await _host.StartAsync(Cancellation);
        await Eventually.True(() => _host.Client is not null, "There is no client.");
    }

    private Task Fetch() => _host.FetchAsync(_content.Metainfo, _content.Sha256, null, Cancellation);

    private static Task<CarrierException> Refused(Task work) =>
        Assert.ThrowsAsync<CarrierException>(() => work.WaitAsync(Patience, Cancellation));

    /// <summary>What the first of two looks found was weighed before the second.</summary>
    private async Task LookedAtTwice()
    {
        var before = _client.Looks;
        await Eventually.True(() => _client.Looks >= before + 2, "Nobody looks at it.");
    }

    private async Task Told(params Hash160[] others)
    {
        await Eventually.True(
            () =>
            {
                _time.Skip(Minute);
                return Task.FromResult(_client.Torrents.Count > others.Length);
            },
            () => "It is told nothing.");
        Assert.Equal([.. others, _content.Ih], _client.Torrents.ToHashSet());
    }
}
