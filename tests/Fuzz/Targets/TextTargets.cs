using System.Text;
using System.Text.RegularExpressions;
using Anarchive.Cli;
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
