using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Anarchive.Web;

// Other people's Markdown, shown without trusting it. The library only parses; every byte of HTML is written by this
// walk of its syntax tree, so an element or attribute that is not named here cannot appear. What costs the parser more
// than linear time (brackets, emphasis marks, nested containers) is counted before it runs. Anything over a bound, and
// any failure, shows the source as plain text instead.

/// <summary>Renders untrusted Markdown as HTML: no raw HTML, no scripts, only links a person may follow.</summary>
public static class SafeMarkdown
{
    /// <summary>A payload's bound; longer text shows as plain text.</summary>
    private const int LengthMax = 64 * 1024;

    /// <summary>Matching brackets costs the parser quadratic time.</summary>
    private const int BracketsMax = 500;

    /// <summary>Emphasis marks and back-ticks are matched backwards, too.</summary>
    private const int MarksMax = 4000;

    /// <summary>Quotes and lists opened on one line; the parser recurses for each.</summary>
    private const int NestingMax = 24;

    /// <summary>Depth of the tree this walk follows.</summary>
    private const int DepthMax = 64;

    private static readonly SearchValues<char> Bidi = SearchValues.Create(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    // Every script of the world stays readable; the five characters of HTML never do.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseAutoLinks(new AutoLinkOptions { ValidPreviousCharacters = "*_~(" })
        .Build();

    /// <summary>HTML of the whole text; safe to write into a page as it is.</summary>
    public static string ToHtml(string source)
    {
        if (!MayParse(source)) return Plain(source);
        try
        {
            var html = new StringBuilder(source.Length + 64);
            var whole = true;
            foreach (var block in Markdown.Parse(source, Pipeline)) whole &= WriteBlock(html, block, 0);
            return whole ? html.ToString() : Plain(source);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException
            or IndexOutOfRangeException or NullReferenceException)
        {
            // The parser is not ours; whatever input breaks it is still somebody's text.
            return Plain(source);
        }
    }

    /// <summary>The address in the form a link may carry, or null where nobody should follow it.</summary>
    public static string? SafeUrl(string? url)
    {
        if (url is null or { Length: 0 or > 4096 }) return null;
        var decoded = WebUtility.HtmlDecode(url);
        if (decoded.AsSpan().ContainsAny(Bidi)) return null;
        foreach (var c in decoded)
            if (char.IsControl(c) || char.IsWhiteSpace(c)) return null;
        if (!Uri.TryCreate(decoded, UriKind.Absolute, out var uri)) return null;
        return uri.Scheme switch
        {
            // A name before the host makes an address look like another one.
            "http" or "https" when uri.Host.Length > 0 && uri.UserInfo.Length == 0 => uri.AbsoluteUri,
            "magnet" when decoded.StartsWith("magnet:?", StringComparison.OrdinalIgnoreCase) => uri.AbsoluteUri,
            _ => null,
        };
    }

    private static bool MayParse(string source)
    {
        if (source.Length > LengthMax) return false;
        int brackets = 0, marks = 0, containers = 0;
        var opening = true;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c is '\n' or '\r') (containers, opening) = (0, true);
            else if (c is '[' or ']' or '<') brackets++;
            else if (c is '*' or '_' or '`' or '~') marks++;
            // "> - 1. > …": each mark opens a container until the line's text starts.
            if (opening && (c == '>' || (c is '-' or '*' or '+' or '.' or ')' && IsSpace(source, i + 1)))) containers++;
            else if (!char.IsAsciiDigit(c) && !char.IsWhiteSpace(c)) opening = false;
            if (brackets > BracketsMax || marks > MarksMax || containers > NestingMax) return false;
        }

        return true;
    }

    private static bool IsSpace(string source, int at) => at >= source.Length || char.IsWhiteSpace(source[at]);

    private static string Plain(string source)
    {
        var html = new StringBuilder(source.Length + 64).Append("<p class=\"plain\" dir=\"auto\">");
        var first = true;
        foreach (var line in source.AsSpan().EnumerateLines())
        {
            if (!first) html.Append("<br>");
            first = false;
            WriteText(html, line.ToString());
        }

        return html.Append("</p>").ToString();
    }

    private static bool WriteBlock(StringBuilder html, Block block, int depth)
    {
        if (depth > DepthMax) return false;
        switch (block)
        {
            case HeadingBlock heading:
                // The page owns the first two levels.
                var level = Math.Min(6, heading.Level + 2);
                return WriteLeaf(html, $"h{level}", heading, depth);
            case ParagraphBlock { Parent: ListItemBlock { Parent: ListBlock { IsLoose: false } } } tight:
                return WriteInlines(html, tight.Inline, depth + 1);
            case ParagraphBlock paragraph:
                return WriteLeaf(html, "p", paragraph, depth);
            case QuoteBlock quote:
                return WriteContainer(html, "<blockquote dir=\"auto\">", quote, "</blockquote>", depth);
            case ListBlock { IsOrdered: true } list:
                return WriteContainer(html, OrderedStart(list), list, "</ol>", depth);
            case ListBlock list:
                return WriteContainer(html, "<ul>", list, "</ul>", depth);
            case ListItemBlock item:
                return WriteContainer(html, "<li dir=\"auto\">", item, "</li>", depth);
            case CodeBlock code:
                // It may scroll sideways, so the keyboard must reach it.
                html.Append("<pre tabindex=\"0\" dir=\"ltr\"><code>");
                if (code is FencedCodeBlock { Info: "diff" or "patch" }) WritePatch(html, code.Lines.ToString());
                else WriteText(html, code.Lines.ToString());
                html.Append("</code></pre>");
                return true;
            case ThematicBreakBlock:
                html.Append("<hr>");
                return true;
            case LinkReferenceDefinitionGroup:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Colour only repeats what the first character of each line says.</summary>
    private static void WritePatch(StringBuilder html, string patch)
    {
        var first = true;
        foreach (var line in patch.AsSpan().EnumerateLines())
        {
            if (!first) html.Append('\n');
            first = false;
            var kind = line switch
            {
                ['+', '+', '+', ..] or ['-', '-', '-', ..] or ['d', 'i', 'f', 'f', ' ', ..] => "file",
                ['@', '@', ..] => "hunk",
                ['+', ..] => "added",
                ['-', ..] => "removed",
                _ => null,
            };
            if (kind is not null) html.Append("<span class=\"").Append(kind).Append("\">");
            WriteText(html, line.ToString());
            if (kind is not null) html.Append("</span>");
        }
    }

    private static string OrderedStart(ListBlock list) =>
        int.TryParse(list.OrderedStart, out var start) && start != 1 ? $"<ol start=\"{start}\">" : "<ol>";

    private static bool WriteContainer(StringBuilder html, string open, ContainerBlock block, string close, int depth)
    {
        html.Append(open);
        var whole = true;
        foreach (var child in block) whole &= WriteBlock(html, child, depth + 1);
        html.Append(close);
        return whole;
    }

    private static bool WriteLeaf(StringBuilder html, string tag, LeafBlock block, int depth)
    {
        html.Append('<').Append(tag).Append(" dir=\"auto\">");
        var whole = WriteInlines(html, block.Inline, depth + 1);
        html.Append("</").Append(tag).Append('>');
        return whole;
    }

    private static bool WriteInlines(StringBuilder html, ContainerInline? container, int depth)
    {
        if (depth > DepthMax) return false;
        var whole = true;
        for (var inline = container?.FirstChild; inline is not null; inline = inline.NextSibling)
            whole &= WriteInline(html, inline, depth);
        return whole;
    }

    private static bool WriteInline(StringBuilder html, Inline inline, int depth)
    {
        switch (inline)
        {
            case LiteralInline literal:
                WriteText(html, literal.Content.ToString());
                return true;
            case HtmlEntityInline entity:
                WriteText(html, entity.Transcoded.ToString());
                return true;
            case HtmlInline raw:
                WriteText(html, raw.Tag);
                return true;
            case CodeInline code:
                html.Append("<code dir=\"auto\">");
                WriteText(html, code.Content);
                html.Append("</code>");
                return true;
            case LineBreakInline:
                html.Append("<br>\n");
                return true;
            case AutolinkInline auto:
                var address = auto.IsEmail ? null : SafeUrl(auto.Url);
                OpenLink(html, address);
                WriteText(html, auto.Url);
                CloseLink(html, address);
                return true;
            case LinkInline link:
                return WriteLink(html, link, depth);
            case EmphasisInline emphasis:
                var tag = emphasis.DelimiterChar == '~' ? "del" : emphasis.DelimiterCount >= 2 ? "strong" : "em";
                html.Append('<').Append(tag).Append('>');
                var whole = WriteInlines(html, emphasis, depth + 1);
                html.Append("</").Append(tag).Append('>');
                return whole;
            case ContainerInline other:
                return WriteInlines(html, other, depth + 1);
            default:
                return false;
        }
    }

    /// <summary>An image becomes a link: a page asks no other machine for anything.</summary>
    private static bool WriteLink(StringBuilder html, LinkInline link, int depth)
    {
        var url = SafeUrl(link.Url);
        OpenLink(html, url);
        var before = html.Length;
        var whole = WriteInlines(html, link, depth + 1);
        if (html.Length == before) WriteText(html, url ?? link.Url ?? "");
        CloseLink(html, url);
        return whole;
    }

    private static void OpenLink(StringBuilder html, string? url)
    {
        if (url is null) return;
        html.Append("<a rel=\"noopener nofollow ugc\" href=\"").Append(HtmlEncoder.Default.Encode(url)).Append("\">");
    }

    private static void CloseLink(StringBuilder html, string? url)
    {
        if (url is not null) html.Append("</a>");
    }

    /// <summary>Marks that turn the writing direction may not reach beyond their own piece of text.</summary>
    private static void WriteText(StringBuilder html, string text)
    {
        var isolate = text.AsSpan().ContainsAny(Bidi);
        if (isolate) html.Append("<bdi>");
        html.Append(Encoder.Encode(text));
        if (isolate) html.Append("</bdi>");
    }
}
