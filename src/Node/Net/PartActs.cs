using Anarchive.Net;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>What the owner and the owner's programs do with parts. Each returns once it is durable.</summary>
public sealed class PartActs(ObservationQueue queue, PartConsents consents, ItemScopes scopes)
{
    /// <summary>What friends learn by reading a part; said before they may for the first time.</summary>
    public const string Notice =
        "Your friends will see the keys of files that you observed: whoever holds the same file recognises it.";

    /// <summary>
    /// Takes observations in; all of them or none. Codes: net_private for an item that nobody may hear of, net_schema
    /// for one that breaks a rule, with the member's name.
    /// </summary>
    /// <param name="isOpen">The owner says that what the keys name comes from an open source.</param>
    public async Task<(int Taken, Problem? Problem)> ObserveAsync(
        IReadOnlyList<IObservation> observations, bool isOpen, CancellationToken cancellation)
    {
        var ready = new List<ReadyObservation>(observations.Count);
        foreach (var observed in observations)
        {
            var keys = new List<DisclosableKey>(observed.Key.Count);
            foreach (var text in observed.Key)
            {
                if (!ContentKey.TryParse(text, out _)) return (0, BadMember("key"));
                if (scopes.Disclose(text, isOpen) is not { } key) return (0, Private);
                keys.Add(key);
            }

            if (ReadyObservation.Of(observed, keys, isOpen, out var fault) is not { } one)
                return (0, BadMember(fault!));
            ready.Add(one);
        }

        await queue.AddAsync(ready, cancellation);
        return (ready.Count, null);
    }

    /// <summary>
    /// Looks at the file that observations are about: where it lies decides whether they may be made. Nothing is noted
    /// of a file that nobody may hear of. Codes: no_file, net_private, net_schema where another file is meant, and what
    /// ffprobe refuses it with.
    /// </summary>
    public async Task<Problem?> SeeAsync(
        string path, IReadOnlyList<IObservation> about, CancellationToken cancellation)
    {
        try
        {
            if (!Path.IsPathRooted(path) || !File.Exists(path))
                return new Problem("no_file", 400, "There is no such file on this node's machine.");
            var key = await MediaFile.OshKeyAsync(path, cancellation);
            if (key is null || about.Any(o => !o.Key.SequenceEqual([key]))) return BadMember("key");
            if (DisclosableKey.TryMake(key, scopes.Of(path)) is null) return Private;
            var facts = await MediaProbe.AskAsync(Path.GetFullPath(path), cancellation);
            await scopes.SeenAsync([new LocalItem(key, path, facts.DurationMs)], cancellation);
            return null;
        }
        catch (MediaException unreadable)
        {
            return new Problem(unreadable.Code, 409, unreadable.Says);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem("media_unreadable", 409, "The disk refused to read the file.");
        }
    }

    /// <summary>Lets friends read a part of this fleet, or no longer.</summary>
    public async Task<Problem?> ShareAsync(string part, bool isShared, CancellationToken cancellation)
    {
        if (FaultOfShared(part) is { } fault) return fault;
        await consents.ShareAsync(part, isShared, cancellation);
        return null;
    }

    /// <summary>Why friends can never read that part; null where they can. Codes: unknown_part, bad_trust.</summary>
    internal static Problem? FaultOfShared(string part) => !NetApp.Parts.Contains(part) ? Subscription.UnknownPart
        : !NetApp.FriendsParts.Contains(part)
            ? new Problem("bad_trust", 400, "Friends do not read that part: only totals of it travel.")
        : null;

    internal static Problem Private { get; } = new(
        "net_private", 403,
        "Nothing is said of this item: it was not seen here, or lies in no open folder, or in a sensitive one.");

    private static Problem BadMember(string member) =>
        new("net_schema", 400, $"The observation breaks the rule of its member \"{member}\".");
}
