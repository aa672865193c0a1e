using System.Text.RegularExpressions;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>
/// Parts of open pages whose acts come and go: each act has a place of its own, or another one would come to stand
/// under the focus of whoever is about to press it.
/// </summary>
public sealed partial class LiveMarkupTests
{
    private static readonly CacheRestore Wanted = new(default, 5, null, null);

    [Theory]
    [InlineData(0, "restore")]
    [InlineData(1, "cull", "restore")]
    public async Task What_would_go_and_what_would_be_fetched_are_sections_of_their_own(
        int culls, params string[] places)
    {
        var outlook = new CacheOutlook(
            false, 0, 0, 0, [.. Enumerable.Repeat(new CacheCull(default, 5, CullCause.Manual), culls)],
            [.. Enumerable.Repeat(Wanted, CacheWork.RestoresMax + 1)]);
        var part = new CachePart(
            [], 0, 0, new CacheTally(1, 0, culls, 1), [], new CacheSettings(1, true, false), outlook, []);
        var html = await DrawAsync<CacheNotes>("Seen", new CacheShown(part, "", CacheFilter.All, null));
        Assert.Equal(places, Places(html, "section"));
        Assert.Equal(places.Select(p => p + "-acts"), Places(html, "p"));
        Assert.Equal(places, Acts(html));
    }

    [Fact]
    public async Task What_is_begun_stopped_and_taken_back_of_a_season_stand_in_places_of_their_own()
    {
        var (idle, running) = (await SeasonAsync(DetectionState.Done), await SeasonAsync(DetectionState.Running));
        Assert.Equal(["find", "undo"], Acts(idle));
        Assert.Equal(["stop"], Acts(running));
        Assert.Equal(["intros-find"], Places(idle, "p"));
        Assert.Equal(["intros-stop"], Places(running, "p"));
        Assert.Equal(["intros-missed", "intros-undo"], Places(idle, "details"));
    }

    private static Task<string> SeasonAsync(DetectionState state)
    {
        var file = new Shelved<LibraryFile>(
            new LibraryFile(default, "Salt and Wire S01E02.mkv", 5, [], null, null, null),
            ShelfPlace.Of(NameParser.Parse("Salt and Wire S01E02.mkv"), "Salt and Wire S01E02.mkv", null));
        var work = new LibraryWork(
            new ShelfWork<LibraryFile>("0", ShelfKind.Episode, "Salt and Wire", null, "", [file]), "");
        var last = new DetectionView("1", state, "", null, null, 1, []) { Files = ["1", "2"] };
        return DrawAsync<IntrosPanel>(
            "Intros",
            new SeasonIntros(work, 1, ["1", "2"], 0, 1, 0, TimeSpan.FromSeconds(9), [], 1, last)
            {
                LastFound = (2, 1),
                Missed = [new SeasonMiss(file, NoMarker.NoSound, null)],
            });
    }

    private static async Task<string> DrawAsync<T>(string name, object value)
        where T : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var shown = ParameterView.FromDictionary(new Dictionary<string, object?> { [name] = value });
            return (await renderer.RenderComponentAsync<T>(shown)).ToHtmlString();
        });
    }

    private static string[] Places(string html, string element) =>
        [.. Regex.Matches(html, $"<{element} id=\"([^\"]+)\"").Select(m => m.Groups[1].Value)];

    private static string[] Acts(string html) =>
        [.. Act().Matches(html).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("name=\"do\" value=\"([^\"]+)\"")]
    private static partial Regex Act();
}
