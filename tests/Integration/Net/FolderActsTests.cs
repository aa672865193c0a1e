using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What cannot be had again once a folder is marked or forgotten is told before it is done.</summary>
public sealed partial class FolderActsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _media = new();
    private WebNode _node = null!;
    private Visitor _person = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Show => _media.At("open/show");

    private IReadOnlyList<PartRecord> Said => _node.Get<PartRecords>().Of(NetSamples.Key);

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _person = new Visitor(_node);
        Directory.CreateDirectory(Show);
        Assert.Equal(303, (await Say("open", _media.At("open"))).Status);
        var file = Path.Combine(Show, "1.mkv");
        await File.WriteAllTextAsync(file, "", Cancellation);
        await _node.Get<ItemScopes>().SeenAsync([new(NetSamples.Key, file, 1_420_100)], Cancellation);
        await Observe(Method.Chromaprint, MarkerType.Intro);
        Assert.Equal(1, await _node.Get<ObservationQueue>().FlushAsync(null, Cancellation));
        await Observe(Method.Manual, MarkerType.Outro);
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _node.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task A_mark_says_what_it_takes_back_and_takes_just_that()
    {
        var told = await Say("sensitive", Show);
        Assert.Equal(200, told.Status);
        Assert.Contains("2 facts about its files are taken back", told.Text);
        Assert.Contains("One of them was made by hand", told.Text);
        Assert.Equal(2, Said.Count);

        // Another fact since then: told once more.
        await Observe(Method.Manual, MarkerType.Recap);
        var again = await Say("sensitive", Show, Mark().Match(told.Text).Groups[1].Value);
        Assert.Contains("3 facts about its files are taken back", again.Text);
        Assert.Equal(3, Said.Count);
        Assert.Equal(303, (await Say("sensitive", Show, Mark().Match(again.Text).Groups[1].Value)).Status);
        Assert.Empty(Said);
    }

    [Fact]
    public async Task A_mark_does_not_come_off_by_opening_and_forgetting_it_says_who_hears_then()
    {
        var mark = Mark().Match((await Say("sensitive", Show)).Text).Groups[1].Value;
        Assert.Equal(303, (await Say("sensitive", Show, mark)).Status);
        var opened = await Say("open", Show);
        Assert.Equal(409, opened.Status);
        Assert.Contains("forget the mark first", opened.Text);
        var told = await Say("forget", Show);
        Assert.Contains("without its mark others may hear of its files again", told.Text);
        Assert.Equal(2, _node.Get<ItemScopes>().Folders().Count);
        Assert.Equal(303, (await Say("forget", Show, Mark().Match(told.Text).Groups[1].Value)).Status);
        Assert.Equal(303, (await Say("open", Show)).Status);
    }

    [Fact]
    public async Task Forgetting_says_what_waits_and_keeps_what_was_written()
    {
        var told = await Say("forget", _media.At("open"));
        Assert.Contains("One fact about its files waits for the next hour", told.Text);
        Assert.Equal(303, (await Say("forget", _media.At("open"), Mark().Match(told.Text).Groups[1].Value)).Status);
        Assert.Equal(0, await _node.Get<ObservationQueue>().FlushAsync(null, Cancellation));
        Assert.Equal(MarkerType.Intro, Assert.IsType<MarkerObserved>(Assert.Single(Said).Observed).Type);
        Assert.Equal(404, (await Say("forget", _media.At("open"))).Status);
    }

    [Fact]
    public async Task The_command_tells_too_and_changes_nothing()
    {
        await File.WriteAllTextAsync(new Home(_node.Directory).UrlFile, _node.Address.ToString(), Cancellation);
        var run = await CommandRun.Of(_node.Directory, "net", "folder", "add", Show, "--sensitive", "--dry-run");
        Assert.Equal(0, run.Exit);
        Assert.Contains("2 observations would be taken back, 1 made by hand.", run.Results);
        var told = JsonNode.Parse((await CommandRun.Of(
            _node.Directory, "net", "folder", "remove", _media.At("open"), "--dry-run", "--json")).Results)!;
        Assert.Equal((1, true), ((int)told["retracted"]!, (bool)told["dryRun"]!));
        Assert.Equal(2, Said.Count);
        Assert.False(Assert.Single(_node.Get<ItemScopes>().Folders()).IsSensitive);

        Assert.Equal(0, (await CommandRun.Of(_node.Directory, "net", "folder", "add", Show, "--sensitive")).Exit);
        Assert.Empty(Said);
        var opened = await CommandRun.Of(_node.Directory, "net", "folder", "add", Show, "--json");
        Assert.Equal((1, "folder_sensitive"), (opened.Exit, opened.Code));
        Assert.Equal(0, (await CommandRun.Of(_node.Directory, "net", "folder", "remove", Show)).Exit);
    }

    private Task<Sight> Say(string word, string path, string told = "") =>
        _person.FillAsync("/net", "/net/folders", ("do", word), ("path", path), ("told", told));

    private async Task Observe(Method method, MarkerType type) =>
        Assert.Null((await _node.Get<PartActs>().ObserveAsync(
            [NetSamples.Intro(67_700, 158_200) with { Type = type, Method = method }], false, Cancellation)).Problem);

    [GeneratedRegex("name=\"told\" value=\"([^\"]+)\"")]
    private static partial Regex Mark();
}
