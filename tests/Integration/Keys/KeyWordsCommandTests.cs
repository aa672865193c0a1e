using System.Text.Json.Nodes;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The recovery key leaves the command line as words, and comes back as such.</summary>
public sealed class KeyWordsCommandTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Home => _scratch.At("home");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Words_bring_a_key_back_whose_recovery_file_is_gone()
    {
        var words = await WordsAsync(Home);
        Assert.Equal(24, words.Length);
        File.Delete(DataDirectory.RecoveryKeyIn(Home));
        Assert.Equal("recovery_key_missing", (await CommandRun.Of(Home, "key", "recover", "--json")).Code);
        Assert.Equal("recovery_key_missing", (await CommandRun.Of(Home, "key", "words", "--json")).Code);
        var before = await CommandRun.Of(Home, "key", "show", "--json");

        var tried = await RecoverAsync(Home, words, "--dry-run");
        Assert.Equal((0, before.Read("instanceId")), (tried.Exit, tried.Read("instanceId")));
        Assert.Equal(before.Results, (await CommandRun.Of(Home, "key", "show", "--json")).Results);

        var done = await RecoverAsync(Home, words);
        Assert.Equal((0, "1"), (done.Exit, done.Read("recoveries")));
        Assert.Equal(before.Read("instanceId"), done.Read("instanceId"));
        Assert.NotEqual(before.Read("publicKey"), done.Read("publicKey"));
        // The old words are spent, and there are new ones.
        Assert.NotEqual(words, await WordsAsync(Home));
        Assert.Equal("recovery_key_foreign", (await RecoverAsync(_scratch.At("home"), OtherWords())).Code);
    }

    [Fact]
    public async Task Words_that_are_none_are_refused_by_their_place_and_change_nothing()
    {
        var words = await WordsAsync(Home);
        var key = await File.ReadAllTextAsync(DataDirectory.NodeKeyIn(Home), Cancellation);
        var misspelled = (string[])words.Clone();
        misspelled[6] = "harbourr";
        var refused = await RecoverAsync(Home, misspelled);
        Assert.Equal((1, "word_unknown"), (refused.Exit, refused.Code));
        Assert.Contains("The 7th word", refused.Results);
        Assert.Equal("words_count", (await RecoverAsync(Home, words[1..])).Code);
        Assert.Equal("words_mismatch", (await RecoverAsync(Home, [.. Enumerable.Repeat("abandon", 24)])).Code);
        Assert.Equal("usage", (await RecoverAsync(Home, words, "--file", DataDirectory.RecoveryKeyIn(Home))).Code);
        Assert.Equal(
            "no_file", (await CommandRun.Of(Home, "key", "recover", "--words-file", _scratch.At("no"), "--json")).Code);
        Assert.Equal(key, await File.ReadAllTextAsync(DataDirectory.NodeKeyIn(Home), Cancellation));
    }

    [Fact]
    public async Task Words_alone_do_not_say_of_which_node_they_are()
    {
        var words = await WordsAsync(Home);
        var nowhere = _scratch.At("nowhere");
        Assert.Equal("key_file_missing", (await RecoverAsync(nowhere, words)).Code);
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact]
    public async Task Words_go_to_a_screen_and_into_no_pipe_unless_a_program_asks()
    {
        await WordsAsync(Home);
        var piped = await CommandRun.Of(Home, "key", "words");
        Assert.Equal((2, ""), (piped.Exit, piped.Results));
        Assert.Contains("terminal", piped.Sentence());
    }

    /// <summary>Of no node.</summary>
    private static string[] OtherWords() => [.. RecoveryWords.Of(new byte[32])];

    private static async Task<string[]> WordsAsync(string home)
    {
        if (!Directory.Exists(home)) Assert.Equal(0, (await CommandRun.Of(home, "init")).Exit);
        var run = await CommandRun.Of(home, "key", "words", "--json");
        Assert.Equal(0, run.Exit);
        return [.. ((JsonArray)JsonNode.Parse(run.Results)!["words"]!).Select(word => (string)word!)];
    }

    private async Task<CommandRun> RecoverAsync(string home, string[] words, params string[] more)
    {
        var file = _scratch.At("words.txt");
        await File.WriteAllLinesAsync(file, words.Select((word, at) => $"{at + 1}. {word}"), Cancellation);
        return await CommandRun.Of(home, ["key", "recover", "--words-file", file, "--json", .. more]);
    }
}
