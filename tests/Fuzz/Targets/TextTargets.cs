using System.Text;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Net;
using Anarchive.Web;

namespace Anarchive.Tests.Fuzz;

/// <summary>What people write: shown as HTML, or brought in from mail.</summary>
internal static partial class TextTargets
{
    private static readonly string[] Marks =
    [
        "> ", "- ", "1. ", "# ", "*", "**", "_", "`", "```", "~~~", "~~", "[", "](", ")", "![", "<", ">", "&", "&#x6a;",
        "javascript:", "data:", "http://a.b", "magnet:?xt=urn:btih:", "\n", "\n\n", "\t", "    ", "\\", "|", "---",
        "<script>", "\" onload=\"", "\u202e", "\u0000", "[a]: b", "<a@b.c>", "diff --git a b", "@@ -1", "+++ ", "--- ",
        "===", ":::",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("markdown", Texts(), Marks, b => Shown(Encoding.UTF8.GetString(b))),
        FuzzTarget.Of("mail-text", Texts(), Marks, b =>
            Shown(MailText.ToMarkdown(
                new ThreadMessage("1", null, "list", "Ada", 1, "Subject", Encoding.UTF8.GetString(b))))),
        FuzzTarget.Of("threads-file", Threads(),
            [
                .. Examples.JsonTokens, "\n", "\"id\"", "\"parent\"", "\"ts\"", "\"body\"", "\"1\"", "\"2\"",
                "\"list\"",
            ],
            Imported),
        FuzzTarget.Of("release-name", Names(),
            [
                "S01", "E02", "1x02", "-03", "Season ", "Episode ", "Part ", "OVA", "[", "]", "(", ")", " - ", ".", "_",
                "~", "/", "+", "2010", "2024.01.15", "05", "12.5", "103", "v2", "720p", "WEB-DL", "DD+5.1", "ENG", "第",
                "话", "\u202e", "\u0301", "５", "【", ".mkv", ".en.srt", "www.a.com",
            ],
            b => Named(Encoding.UTF8.GetString(b))),
    ];

    private static IEnumerable<byte[]> Texts() => new[]
    {
        "# Head\n\nText with *emphasis*, **more**, `code` and [a link](https://e.org/ \"t\").\n\n> quote\n> > deep\n",
        "- one\n  1. two\n\n```diff\n+a\n-b\n```\n\n<b>raw</b> &amp; &#65; <https://example.org> ![i](x) ~~gone~~\n",
        "On Monday Ada wrote:\n> Hello\n>> Earlier\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\n    code\n-- \nsig\n",
    }.Select(Examples.Utf8);

    private static string Shown(string markdown)
    {
        var html = SafeMarkdown.ToHtml(markdown);
        foreach (Match tag in Tag().Matches(html))
            FuzzTarget.Holds(Allowed().IsMatch(tag.Value), $"A page would hold {tag.Value}.");
        var opened = html.AsSpan().Count("<");
        FuzzTarget.Holds(opened == html.AsSpan().Count(">"), "A mark of HTML stands alone.");
        FuzzTarget.Holds(html.Length < 1024 + markdown.Length * 64L, "A page grows without bound.");
        var isPlain = html.StartsWith("<p class=\"plain\"", StringComparison.Ordinal);
        return isPlain ? "plain" : $"{Math.Min(opened, 40)} tags";
    }

    private static IEnumerable<byte[]> Threads() => new[]
    {
        """
        {"id":"1","parent":null,"list":"l","author":"Ada","ts":1700000000,"subject":"S","body":"Text\n> quote"}
        {"id":"2","parent":"1","list":"l","author":"Ben","ts":1700000001,"subject":"Re: S","body":"Reply"}

        """,
    }.Select(Examples.Utf8);

    private static string Imported(byte[] bytes)
    {
        var (messages, bad) = ThreadsFile.Read(new StringReader(Encoding.UTF8.GetString(bytes)));
        FuzzTarget.Holds(messages.Count == 0 || bad.Count == 0, "Half a file would be imported.");
        return bad.Count > 0 ? string.Join(' ', bad.Select(b => b.Code).Distinct()) : $"{messages.Count} messages";
    }

    private static IEnumerable<byte[]> Names() => new[]
    {
        "Harbour.Lights.2010.S02E05-E07.Storms.1080p.WEB-DL.DD+5.1.H.264-GRP.mkv",
        "[Group] Harbour Lights S2 - 07v2 (1280x720 HEVC 10bit AAC) [5C7BC4F9].mkv",
        "【组】★10月新番★[港口之光/Harbour Lights][第05话][1080P][简繁]",
        "Evening Talk 5th Mar 2025 Part 2 [HDTV 720p][Cap.207_209](www.example.com).en.forced.srt",
    }.Select(Examples.Utf8);

    private static string Named(string text)
    {
        var name = NameParser.Parse(text, [text]);
        FuzzTarget.Holds(name.Title.Length <= NameText.CharsMax, "A title grows longer than names are read.");
        FuzzTarget.Holds(name.Episodes.Count + name.Absolute.Count <= 3_000, "A list of numbers has no end.");
        FuzzTarget.Holds(name.Season is not null || name.Episodes.Count == 0, "Episodes of no season.");
        FuzzTarget.Holds(!name.Title.Any(char.IsControl), "A title with a control character.");
        var clean = NameText.Clean(text);
        FuzzTarget.Holds(NameText.Clean(clean) == clean, "What was cleaned is not clean.");
        return $"{name.Kind} {name.Special} {name.Episodes.Count > 0} {name.Absolute.Count > 0} {name.Year is null}"
            + $" {name.AirDate is null} {name.Part is null} {name.Quality.Source} {name.Group.Length > 0}";
    }

    [GeneratedRegex("<[^>]*>?")]
    private static partial Regex Tag();

    // All that SafeMarkdown writes, attribute by attribute.
    [GeneratedRegex(
        """
        ^<(?:/?(?:h[3-6]|p|blockquote|ul|ol|li|pre|code|strong|em|del|bdi|span|a)|br|hr)(?:\ dir="auto"|\ dir="ltr"
        |\ tabindex="0"|\ start="\d+"|\ class="(?:plain|file|hunk|added|removed)"|\ rel="noopener\ nofollow\ ugc"
        |\ href="(?:https?:|magnet:\?)[^"\s<>]*")*>$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Allowed();
}
