using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What an owner may say of a folder.</summary>
public enum FolderWord
{
    /// <summary>Others may hear of its files.</summary>
    Open,

    /// <summary>Nobody hears of its files, and what was said of them is taken back.</summary>
    Sensitive,

    /// <summary>Nothing any more: its files are private, as any file is.</summary>
    Forget,
}

/// <summary>What follows from a word on a folder.</summary>
/// <param name="Path">The folder, once every link is followed.</param>
/// <param name="Taken">Observations of this fleet that are taken back, or were.</param>
/// <param name="ByHand">Of these, those that a person made: no detection makes them again.</param>
/// <param name="IsUnmarked">It was marked as sensitive, and lies in a folder that is open.</param>
public sealed record FolderEffect(string Path, int Taken, int ByHand, bool IsUnmarked)
{
    /// <summary>Nothing that could not be had again.</summary>
    public bool IsHarmless => Taken == 0 && !IsUnmarked;
}

/// <summary>What the owner says of folders, told before it is done. Each act returns once it is durable.</summary>
public sealed class FolderActs(
    ItemScopes scopes, PartRecords records, ObservationQueue queue, Retractions retractions, Detections detections)
{
    private static Problem Marked { get; } = new(
        "folder_sensitive", 409, "This folder is marked as sensitive: forget the mark first, and then open it.");

    /// <summary>
    /// What would follow; nothing is changed. Codes: not_a_directory, folder_sensitive for one to be opened that is
    /// marked, not_found for one to be forgotten that is not listed.
    /// </summary>
    public (FolderEffect? Effect, Problem? Problem) Tell(string path, FolderWord word)
    {
        if (word != FolderWord.Forget && ItemScopes.Fault(path) is { } fault) return (null, fault);
        var real = ItemScopes.Named(path);
        var now = scopes.Folders();
        var said = now.FirstOrDefault(f => f.Path == real);
        switch (word)
        {
            case FolderWord.Forget when said is null:
                return (null, Problem.NotFound("folder"));
            case FolderWord.Open when said is { IsSensitive: true }:
                return (null, Marked);
            case FolderWord.Sensitive:
                return (Of(real, [.. records.OwnOf(scopes.KeysWithin(real)).Select(r => r.Observed)], false), null);
        }

        IReadOnlyList<ScopedFolder> then = [.. now.Where(f => f.Path != real)];
        if (word == FolderWord.Open) then = [.. then, new ScopedFolder(real, IsSensitive: false)];
        // What is written stays with who read it; what waits is not written where nobody may hear of it any more.
        return (Of(
            real, said is null ? [] : queue.LostUnder(then),
            said is { IsSensitive: true } && ItemScopes.IsOpen(real, then)), null);
    }

    /// <summary>Does it: codes as of <see cref="Tell"/>, and why the log refuses to take something back.</summary>
    public async Task<(FolderEffect? Effect, Problem? Problem)> SayAsync(
        string path, FolderWord word, CancellationToken cancellation)
    {
        var (effect, problem) = Tell(path, word);
        if (effect is null) return (null, problem);
        if (word == FolderWord.Forget)
        {
            if (!await scopes.RemoveAsync(path, cancellation)) return (null, Problem.NotFound("folder"));
            return (effect, null);
        }

        (_, problem) = await scopes.SetAsync(path, word == FolderWord.Sensitive, cancellation);
        if (problem is not null || word == FolderWord.Open) return (problem is null ? effect : null, problem);
        var (retracted, refusal) = await retractions.SweepAsync();
        await detections.ForgetWithinAsync(effect.Path);
        return (effect with { Taken = retracted }, refusal);
    }

    private static FolderEffect Of(string path, IReadOnlyCollection<IObservation> taken, bool isUnmarked) =>
        new(path, taken.Count, taken.Count(o => o.Method == Method.Manual), isUnmarked);
}
