using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Rings;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Whose files others may hear of.</summary>
public sealed class ItemScopeTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _media = new();
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ItemScopes Scopes => _node.Get<ItemScopes>();

    public async ValueTask InitializeAsync() => _node = await LiveNode.Start();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task A_file_is_private_until_its_folder_is_opened_and_again_when_it_is_forgotten()
    {
        var file = File("open/show/1.mkv");
        Assert.Null(DisclosableKey.TryMake(NetSamples.Key, Scopes.Of(file)));
        await Open("open");
        Assert.NotNull(DisclosableKey.TryMake(NetSamples.Key, Scopes.Of(file)));
        Assert.Null(DisclosableKey.TryMake(NetSamples.Key, Scopes.Of(File("opener/1.mkv"))));
        Assert.True(await Scopes.RemoveAsync(_media.At("open"), Cancellation));
        Assert.Null(DisclosableKey.TryMake(NetSamples.Key, Scopes.Of(file)));
    }

    [Fact]
    public async Task Whatever_leads_into_a_sensitive_folder_is_sensitive()
    {
        var hidden = File("open/secret/1.mkv");
        await Open("open");
        await Mark("open/secret");
        Assert.True(Scopes.Of(hidden).IsSensitive);
        Directory.CreateSymbolicLink(_media.At("open/link"), _media.At("open/secret"));
        Assert.True(Scopes.Of(_media.At("open/link/1.mkv")).IsSensitive);
        System.IO.File.CreateSymbolicLink(_media.At("open/one.mkv"), hidden);
        Assert.True(Scopes.Of(_media.At("open/one.mkv")).IsSensitive);
        Assert.True(Scopes.Of(_media.At("open/show/../secret/1.mkv")).IsSensitive);
        // The same file by its content, wherever else it lies.
        var copy = File("open/copy.mkv");
        await Scopes.SeenAsync([new(NetSamples.Key, hidden, 1), new(NetSamples.Key, copy, 1)], Cancellation);
        Assert.True(Scopes.OfKey(NetSamples.Key).IsSensitive);
        Assert.Equal("net_private", await Observe());
    }

    [Fact]
    public async Task A_link_out_of_an_open_folder_opens_nothing()
    {
        var elsewhere = File("elsewhere/1.mkv");
        await Open("open");
        System.IO.File.CreateSymbolicLink(_media.At("open/1.mkv"), elsewhere);
        Assert.Equal(SourceAccess.Unknown, Scopes.Of(_media.At("open/1.mkv")).Source);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_observation_that_may_not_be_made()
    {
        Assert.Equal("net_private", await Observe());
        using var db = _node.Get<Database>().OpenReader();
        Assert.Equal(0, db.QuerySingle<long>("SELECT count(*) FROM part_pending"));
        Assert.Equal(0, db.QuerySingle<long>("SELECT count(*) FROM part_pending_keys"));
    }

    [Fact]
    public async Task Marking_a_folder_takes_back_what_was_said_of_its_files()
    {
        await Open("open");
        await Scopes.SeenAsync([new(NetSamples.Key, File("open/show/1.mkv"), 1_420_100)], Cancellation);
        Assert.Null(await Observe());
        Assert.Equal(1, await _node.Get<ObservationQueue>().FlushAsync(null, Cancellation));
        Assert.Null(await Observe(MarkerType.Outro));
        var (effect, problem) = await _node.Get<FolderActs>().SayAsync(
            _media.At("open/show"), FolderWord.Sensitive, Cancellation);
        Assert.Null(problem);
        Assert.Equal(2, effect!.Taken);
        Assert.Empty(_node.Get<PartRecords>().Of(NetSamples.Key));
        Assert.Equal("net_private", await Observe());
    }

    [Fact]
    public async Task What_waits_is_judged_again_as_it_is_written()
    {
        await Open("open");
        await Scopes.SeenAsync([new(NetSamples.Key, File("open/1.mkv"), 1_420_100)], Cancellation);
        Assert.Null(await Observe());
        Assert.True(await Scopes.RemoveAsync(_media.At("open"), Cancellation));
        Assert.Equal(0, await _node.Get<ObservationQueue>().FlushAsync(null, Cancellation));
        Assert.Empty(_node.Get<ObservationQueue>().Waiting());
        Assert.Empty(_node.Get<PartRecords>().Of(NetSamples.Key));
    }

    private async Task<string?> Observe(MarkerType type = MarkerType.Intro) =>
        (await _node.Get<PartActs>().ObserveAsync(
            [NetSamples.Intro(67_700, 158_200) with { Type = type }], isOpen: false, Cancellation)).Problem?.Code;

    private string File(string path)
    {
        var full = _media.At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, "");
        return full;
    }

    private async Task Open(string folder)
    {
        Directory.CreateDirectory(_media.At(folder));
        Assert.Null((await Scopes.SetAsync(_media.At(folder), isSensitive: false, Cancellation)).Problem);
    }

    private async Task Mark(string folder) =>
        Assert.Null((await Scopes.SetAsync(_media.At(folder), isSensitive: true, Cancellation)).Problem);
}
