using System.Text.RegularExpressions;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The recovery key as words: shown to whoever types the passphrase, then three are asked for.</summary>
public sealed class KeyWordsTests : IAsyncLifetime
{
    private const string Right = "harbour lights at noon";
    private const string Page = "/settings/key";
    private const string Words = "/settings/key/words";

    private WebNode _node = null!;
    private Visitor _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync("http://127.0.0.1:0");
        _owner = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Three_words_from_the_paper_end_the_reminder()
    {
        await _owner.BecomeOwnerAsync(Right);
        var words = await ShowAsync();
        Assert.Equal(KeyFile.Words(_node.Directory), words);
        Assert.True(_node.Get<FirstRun>().IsKeyUnsaved);
        var places = await PlacesAsync();
        Assert.Equal(3, places.Distinct().Count());
        Assert.Equal(places.Order(), places);
        // One of them is wrong, and none is told.
        var other = words[places[2] - 1] == "zoo" ? "zone" : "zoo";
        var wrong = await AnswerAsync([.. places.Select(p => words[p - 1]).Take(2), other]);
        Assert.Equal(400, wrong.Status);
        Assert.Contains("<code>words_differ</code>", wrong.Text);
        Assert.DoesNotContain($">{words[places[2] - 1]}<", wrong.Text);
        Assert.True(_node.Get<FirstRun>().IsKeyUnsaved);
        var right = await AnswerAsync([.. places.Select(p => $" {words[p - 1].ToUpperInvariant()} ")]);
        Assert.Equal((303, Page), (right.Status, right.Location));
        Assert.False(_node.Get<FirstRun>().IsKeyUnsaved);
        Assert.Contains("A copy of it was made.", (await _owner.SeeAsync(Page)).Text);
    }

    [Fact]
    public async Task Nobody_guesses_words_by_answering()
    {
        await _owner.BecomeOwnerAsync(Right);
        Assert.Equal("words_not_asked", Code(await AnswerAsync(["a", "b", "c"])));
        var words = await ShowAsync();
        var places = await PlacesAsync();
        for (var tries = 0; tries < 5; tries++)
            Assert.Equal("words_differ", Code(await AnswerAsync(["zoo", "zoo", "zoo"])));
        Assert.Equal("words_not_asked", Code(await AnswerAsync([.. places.Select(p => words[p - 1])])));
        Assert.True(_node.Get<FirstRun>().IsKeyUnsaved);
        Assert.Contains("No words are asked for now.", (await _owner.SeeAsync(Words)).Text);
        // Fewer than are asked for are no answer either.
        await ShowAsync();
        places = await PlacesAsync();
        Assert.Equal("words_differ", Code(await AnswerAsync([words[places[0] - 1]])));
    }

    [Fact]
    public async Task Only_the_passphrase_shows_them_and_only_in_that_answer()
    {
        var nobody = await _owner.FillAsync("/welcome", Words, ("present", ""));
        Assert.Equal((409, "no_owner"), (nobody.Status, Code(nobody)));
        await _owner.BecomeOwnerAsync(Right);
        Assert.Equal("wrong_passphrase", Code(await _owner.FillAsync(Page, Words, ("present", "not this one"))));
        Assert.DoesNotContain("key-words", (await _owner.SeeAsync(Words)).Text);
        await ShowAsync();
        Assert.DoesNotContain("key-words", (await _owner.SeeAsync(Words)).Text);
        File.Delete(Path.Combine(_node.Directory, "keys", "recovery.key"));
        var gone = await _owner.FillAsync("/settings/access", Words, ("present", Right));
        Assert.Equal(409, gone.Status);
        Assert.Contains("does not lie", gone.Text);
    }

    private async Task<string[]> ShowAsync()
    {
        var shown = await _owner.FillAsync(Page, Words, ("present", Right));
        Assert.Equal((200, "no-store"), (shown.Status, shown.CacheControl));
        var words = Regex.Matches(shown.Text, "<li><code>([a-z]+)</code></li>").Select(m => m.Groups[1].Value);
        return [.. words];
    }

    private async Task<int[]> PlacesAsync() =>
        [.. Regex.Matches((await _owner.SeeAsync(Words)).Text, @"Word (\d+)").Select(m => int.Parse(
            m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    private Task<Sight> AnswerAsync(string[] words) =>
        _owner.FillAsync(Page, Words + "/check", [.. words.Select(word => ("word", word))]);

    private static string Code(Sight sight) => Regex.Match(sight.Text, "Code <code>([a-z_]+)</code>").Groups[1].Value;
}
