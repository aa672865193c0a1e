using System.Security.Cryptography;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Shows the recovery key as words, then asks for three of them: paper alone counts as kept.</summary>
/// <remarks>
/// Which three is this desk's to say, and few answers are looked at: whoever could name the places, or try for ever,
/// would be told every word. Safe from any thread.
/// </remarks>
internal sealed class WordsDesk(DataDirectory directory, FirstRun first, TimeProvider time)
{
    public const int Asked = 3;

    private const int AnswersMax = 5;
    private const long AskedMs = 30 * 60_000;

    private readonly Lock _asking = new();
    private Question? _question;

    public static Problem NotAsked { get; } = new(
        "words_not_asked", 409, "No words are asked for: have them shown first, and write them down.");

    public static Problem Differ { get; } = new(
        "words_differ", 400, "These are not the words at those places: look at what you wrote down.");

    /// <summary>The places that are asked for, counted from one; null where none are.</summary>
    public IReadOnlyList<int>? Places
    {
        get
        {
            lock (_asking) return Current()?.Places;
        }
    }

    /// <summary>The words, and from now on three of them are asked for.</summary>
    /// <remarks>Codes: recovery_key_missing, recovery_key_damaged.</remarks>
    public (IReadOnlyList<string>? Words, Problem? Problem) Show()
    {
        try
        {
            var words = KeyFile.Words(directory.Root);
            var places = Enumerable.Range(1, words.Count).ToArray();
            RandomNumberGenerator.Shuffle(places.AsSpan());
            lock (_asking) _question = new Question([.. places[..Asked].Order()], Now(), 0);
            return (words, null);
        }
        catch (DataDirectoryException why) when (why.Code == "recovery_key_missing")
        {
            return (null, FirstRun.KeyElsewhere);
        }
        catch (DataDirectoryException why)
        {
            return (null, new Problem(why.Code, 409, why.Code switch
            {
                "key_file_too_new" => (Sentence)"A newer program wrote this key file: install the newer program again.",
                _ => (Sentence)"The file holds no whole recovery key: look for another copy of it.",
            }));
        }
    }

    /// <summary>Whether these are the words at the places that are asked for; then the key counts as kept.</summary>
    /// <remarks>Codes: words_not_asked, words_differ; after five wrong answers they have to be shown again.</remarks>
    public async Task<Problem?> AnswerAsync(IReadOnlyList<string> typed)
    {
        IReadOnlyList<int> places;
        lock (_asking)
        {
            if (Current() is not { } question) return NotAsked;
            // It counts before it is looked at: many at once are no more than many.
            _question = question with { Answers = question.Answers + 1 };
            places = question.Places;
        }

        IReadOnlyList<string> words;
        try
        {
            words = KeyFile.Words(directory.Root);
        }
        catch (DataDirectoryException)
        {
            return FirstRun.KeyElsewhere;
        }

        if (!places.Select(place => words[place - 1]).SequenceEqual(typed.Select(Plain))) return Differ;
        lock (_asking) _question = null;
        return await first.SaveKeyAsync() is null ? FirstRun.KeyElsewhere : null;
    }

    private static string Plain(string typed) => typed.Trim().ToLowerInvariant();

    private Question? Current() =>
        _question is { Answers: < AnswersMax } question && Now() - question.SinceMs < AskedMs ? question : null;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Question(IReadOnlyList<int> Places, long SinceMs, int Answers);
}
