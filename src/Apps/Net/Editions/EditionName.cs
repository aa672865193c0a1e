using System.Globalization;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>How an edition's file is called: <c>part-seq-16hex.jsonl.br</c>.</summary>
public static class EditionName
{
    private const string Prefix = "anarchive:";

    /// <summary>Part, number, and the first 16 digits of the file's SHA-256.</summary>
    public static string Of(string part, long seq, string sha256) =>
        string.Create(CultureInfo.InvariantCulture, $"{part}-{seq}-{sha256[..16]}.jsonl.br");

    /// <summary>What its torrent names as source, so that groups of equal content have swarms of their own.</summary>
    public static string Source(string group) => Prefix + group;

    /// <summary>The group that a torrent's source names; null where it names none.</summary>
    public static GroupId? GroupOf(string source) =>
        source.StartsWith(Prefix, StringComparison.Ordinal) && GroupId.TryParse(source[Prefix.Length..], out var group)
            ? group
            : null;
}
