namespace Anarchive.Fleet;

/// <summary>What a tracker's message comes to. The text itself is never kept: some hold a passkey.</summary>
public enum TrackerWord
{
    /// <summary>It said nothing, or nothing that means anything.</summary>
    None,

    /// <summary>It does not answer, or answers by an error of its machine.</summary>
    Down,

    /// <summary>An answer that nobody can draw a conclusion from.</summary>
    Unclear,

    /// <summary>The owner's account or client is at fault, never the torrent.</summary>
    OwnAccount,

    /// <summary>It does not know the torrent any more. A human looks at it.</summary>
    Unregistered,
}

/// <summary>Sorts trackers' messages, which are free text, by phrases of whole words.</summary>
/// <remarks>
/// What must not be taken for "unregistered" is looked for first: a wrong passkey makes every torrent of a tracker look
/// as if it were gone. The phrases are what trackers in use are known to say.
/// </remarks>
public static class TrackerWords
{
    private const string Passkey = "PASSKEY";

    private static readonly (string Phrase, TrackerWord Word)[] Phrases =
    [
        // In this order; the first that stands in a message counts.
        ("MISSING INFO HASH", TrackerWord.Unclear),
        ("BENCODED", TrackerWord.Unclear),
        ("STREAM TRUNCATED", TrackerWord.Unclear),
        ("HAS BEEN POSTPONED", TrackerWord.Unclear),
        ("GATEWAY TIMEOUT", TrackerWord.Unclear),
        ("CURRENTLY UNAVAILABLE", TrackerWord.Unclear),
        ("UNKNOWN HTTP ERROR", TrackerWord.Unclear),
        ("BAD GATEWAY", TrackerWord.Down),
        ("TRACKER UNAVAILABLE", TrackerWord.Down),
        ("UNREACHABLE", TrackerWord.Down),
        ("MAY BE DOWN", TrackerWord.Down),
        ("TRACKER IS DOWN", TrackerWord.Down),
        // What clients themselves say of a tracker that they do not reach.
        ("COULD NOT CONNECT", TrackerWord.Down),
        ("DID NOT RESPOND", TrackerWord.Down),
        ("CONNECTION REFUSED", TrackerWord.Down),
        ("TIMED OUT", TrackerWord.Down),
        ("UNREGISTERED", TrackerWord.Unregistered),
        ("NOT REGISTERED", TrackerWord.Unregistered),
        ("NICHT REGISTRIERT", TrackerWord.Unregistered),
        ("TORRENT NOT FOUND", TrackerWord.Unregistered),
        ("TORRENT IS NOT FOUND", TrackerWord.Unregistered),
        ("TORRENT NICHT GEFUNDEN", TrackerWord.Unregistered),
        ("INFOHASH NOT FOUND", TrackerWord.Unregistered),
        ("NOT EXIST", TrackerWord.Unregistered),
        ("EXISTIERT NICHT", TrackerWord.Unregistered),
        ("UNKNOWN TORRENT", TrackerWord.Unregistered),
        ("NOT AUTHORIZED FOR USE ON THIS TRACKER", TrackerWord.Unregistered),
        ("TORRENT HAS BEEN DELETED", TrackerWord.Unregistered),
        ("TORRENT DELETED", TrackerWord.Unregistered),
        ("TORRENT BANNED", TrackerWord.Unregistered),
        ("SPECIFICALLY BANNED", TrackerWord.Unregistered),
        ("TRUMP", TrackerWord.Unregistered),
        ("TRUMPED", TrackerWord.Unregistered),
        ("RETITLED", TrackerWord.Unregistered),
        ("TRUNCATED", TrackerWord.Unregistered),
        ("NUKED", TrackerWord.Unregistered),
        ("SEASON PACK", TrackerWord.Unregistered),
        ("COMPLETE SEASON UPLOADED", TrackerWord.Unregistered),
        ("PROBLEM WITH DESCRIPTION", TrackerWord.Unregistered),
        ("PROBLEM WITH FILE", TrackerWord.Unregistered),
        ("PROBLEM WITH PACK", TrackerWord.Unregistered),
    ];

    /// <summary>Words too common to mean anything beside others: they count where they are the whole message.</summary>
    private static readonly (string Whole, TrackerWord Word)[] Alone =
    [
        ("DOWN", TrackerWord.Down),
        ("DEAD", TrackerWord.Unregistered),
        ("DUPE", TrackerWord.Unregistered),
        ("OTHER", TrackerWord.Unregistered),
    ];

    /// <summary>The class of a message in any case; null, empty and unknown text is <c>None</c>.</summary>
    public static TrackerWord Of(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return TrackerWord.None;
        var text = Words(message);
        if (IsOwnAccount(text)) return TrackerWord.OwnAccount;
        foreach (var (phrase, word) in Phrases)
            if (text.Contains($" {phrase} ", StringComparison.Ordinal)) return word;
        foreach (var (whole, word) in Alone)
            if (text == $" {whole} ") return word;
        return TrackerWord.None;
    }

    /// <summary>The one that weighs most of several trackers' words.</summary>
    /// <remarks>
    /// Where one tracker blames the account, no other's "unregistered" counts: both may come of the same mistake.
    /// </remarks>
    public static TrackerWord Of(IEnumerable<TrackerWord> words)
    {
        var all = words.ToHashSet();
        if (all.Contains(TrackerWord.OwnAccount)) return TrackerWord.OwnAccount;
        return all.Count == 0 ? TrackerWord.None : all.Max();
    }

    private static bool IsOwnAccount(string text) =>
        text.Contains(Passkey, StringComparison.Ordinal)
        || (text.Contains(" LIMIT ", StringComparison.Ordinal)
            && (text.Contains(" CLIENT ", StringComparison.Ordinal)
                || text.Contains(" CLIENTS ", StringComparison.Ordinal)));

    /// <summary>Upper case, every run of other signs one blank, and a blank at both ends.</summary>
    private static string Words(string message)
    {
        var kept = new System.Text.StringBuilder(message.Length + 2).Append(' ');
        foreach (var sign in message)
        {
            if (char.IsLetterOrDigit(sign)) kept.Append(char.ToUpperInvariant(sign));
            else if (kept[^1] != ' ') kept.Append(' ');
        }

        return kept[^1] == ' ' ? kept.ToString() : kept.Append(' ').ToString();
    }
}
