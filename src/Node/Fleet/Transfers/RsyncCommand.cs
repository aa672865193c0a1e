using System.Text.RegularExpressions;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// What a restricted key may have run: rsync sending one item, which a transfer's token names. The words come from
/// whoever holds the key; only these forms pass, and no path is among them.
/// </summary>
/// <remarks>
/// The line of <c>authorized_keys</c> is <c>restrict,command="anarchive fleet serve-copy"</c>; sshd then gives the
/// words in <c>SSH_ORIGINAL_COMMAND</c> and runs that command instead.
/// </remarks>
public sealed partial record RsyncCommand(ItemId Item, string Token, IReadOnlyList<string> Options)
{
    private const int WordsMax = 16;
    private const int CharsMax = 1024;

    /// <summary>Null for anything but <c>rsync --server --sender OPTIONS . ITEM.TOKEN</c>.</summary>
    public static RsyncCommand? TryParse(string? line)
    {
        if (line is null || line.Length > CharsMax) return null;
        var words = line.Split(' ');
        if (words.Length is < 5 or > WordsMax || words is not ["rsync", "--server", "--sender", .. var rest])
            return null;
        if (rest is not [.. var options, ".", var named] || !options.All(o => Option().IsMatch(o))) return null;
        return named.Split('.') is [var id, var token] && ItemId.TryParse(id, out var item) && Token64().IsMatch(token)
            ? new RsyncCommand(item, token, options)
            : null;
    }

    /// <summary>The name under which the caller asked for the file; rsync takes no other from a sender.</summary>
    public string Name => $"{Item}.{Token}";

    /// <summary>The words by which rsync is started to send what a link of that name leads to.</summary>
    public IReadOnlyList<string> Arguments => ["--server", "--sender", "--copy-links", .. Options, ".", Name];

    /// <summary>
    /// What this program's own rsync sends: how the two talk (after <c>e.</c>; no letter before it, where <c>s</c>
    /// would have paths follow on the stream), time and rate.
    /// </summary>
    [GeneratedRegex(@"^(-e\.[A-Za-z0-9.]{0,32}|--timeout=[0-9]{1,6}|--bwlimit=[0-9]{1,12}|--inplace|--partial)\z")]
    private static partial Regex Option();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z")]
    private static partial Regex Token64();
}
