using System.Text.RegularExpressions;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>Other people's text, as hostile as it comes.</summary>
public sealed partial class SafeMarkdownTests
{
    [Theory]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](java&#x0A;script:alert(1))")]
    [InlineData("[x](javascript&colon;alert(1))")]
    [InlineData("[x](&#106;avascript:alert(1))")]
    [InlineData("[x](&#x6A&#x61vascript:alert(1))")]
    [InlineData("[x](&amp;#106;avascript:alert(1))")]
    [InlineData("[x](\u0001javascript:alert(1))")]
    [InlineData("[x](<java\tscript:alert(1)>)")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[x](vbscript:msgbox)")]
    [InlineData("[x](file:///etc/passwd)")]
    [InlineData("[x](blob:http://a/b)")]
    [InlineData("[x](//evil.example/)")]
    [InlineData("[x](/act/vote?id=1)")]
    [InlineData("[x](#act)")]
    [InlineData("[x](https://bank.example@evil.example/)")]
    [InlineData("[x](https://a.example/\u202egnp.exe)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("![x](javascript:alert(1))")]
    [InlineData("[x][1]\n\n[1]: javascript:alert(1)")]
    [InlineData("<someone@example.org>")]
    public void A_link_that_nobody_should_follow_is_only_text(string source) =>
        Assert.DoesNotContain("<a ", SafeMarkdown.ToHtml(source), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a <b onmouseover=alert(1)>b</b>")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("<!-- --><iframe src=https://evil.example>")]
    [InlineData("<form action=https://evil.example><input name=a>")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>")]
    [InlineData("```<script>\n</code></pre><script>alert(1)</script>\n```")]
    [InlineData("`</code><script>alert(1)</script>`")]
    [InlineData("# <script>alert(1)</script>")]
    [InlineData("> <style>*{display:none}</style>")]
    [InlineData("[</a><script>alert(1)</script>](https://a.example)")]
    [InlineData("[x](https://a.example/\"onmouseover=\"alert(1))")]
    [InlineData("[x](https://a.example 'title\" onclick=\"alert(1)')")]
    [InlineData("&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("![\"><script>alert(1)</script>](https://a.example/i.png)")]
    [InlineData("<?php echo 1 ?><![CDATA[<script>alert(1)</script>]]>")]
    public void Only_our_own_elements_appear(string source)
    {
        var html = SafeMarkdown.ToHtml(source);
        foreach (Match tag in Tag().Matches(html)) Assert.Matches(OurTag(), tag.Value);
    }

    [Fact]
    public void An_image_becomes_a_link_so_that_a_page_asks_no_other_machine()
    {
        var html = SafeMarkdown.ToHtml("![a cat](https://cats.example/1.png)");
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains(">a cat</a>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[x](https://a.example/?b=1&c=2)", "https://a.example/?b=1&amp;c=2")]
    [InlineData("<http://a.example/>", "http://a.example/")]
    [InlineData("see https://a.example/b", "https://a.example/b")]
    [InlineData("[m](magnet:?xt=urn:btih:abc)", "magnet:?xt=urn:btih:abc")]
    public void A_good_link_is_kept_and_marked(string source, string url) => Assert.Contains(
        $"<a rel=\"noopener nofollow ugc\" href=\"{url}\">", SafeMarkdown.ToHtml(source), StringComparison.Ordinal);

    [Fact]
    public void A_soft_line_break_stays_a_line_break() =>
        Assert.Equal("<p dir=\"auto\">one<br>\ntwo</p>", SafeMarkdown.ToHtml("one\ntwo"));

    [Fact]
    public void Marks_that_turn_the_writing_direction_stay_in_their_piece() =>
        Assert.Contains("<bdi>abc\u202edef</bdi>", SafeMarkdown.ToHtml("abc\u202edef"), StringComparison.Ordinal);

    [Theory]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[a](")]
    [InlineData("![")]
    [InlineData(">")]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("1. ")]
    [InlineData("*a ")]
    [InlineData("**")]
    [InlineData("_a")]
    [InlineData("`")]
    [InlineData("<")]
    [InlineData("<a@")]
    [InlineData("~~a")]
    [InlineData("&#x")]
    [InlineData("\\")]
    [InlineData("[^1]:")]
    [InlineData("[a]: b\n")]
    [InlineData("a\n===\n")]
    [InlineData("|a")]
    public void A_payload_full_of_marks_keeps_its_text_and_needs_no_deep_stack(string unit)
    {
        var source = string.Concat(Enumerable.Repeat(unit, 64 * 1024 / unit.Length));
        var html = "";
        // A quarter of the usual stack: recursion in the parser would end the process here first.
        var thread = new Thread(() => html = SafeMarkdown.ToHtml(source), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.NotEqual("", html);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_over_many_lines_is_bounded_too()
    {
        var lines = Enumerable.Range(0, 200).Select(depth => new string(' ', depth * 2) + "- deeper");
        Assert.Contains("deeper", SafeMarkdown.ToHtml(string.Join('\n', lines)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_over_a_bound_shows_as_escaped_text()
    {
        var html = SafeMarkdown.ToHtml(new string('[', 600) + "<script>");
        Assert.StartsWith("<p class=\"plain\"", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_dashes_in_a_letter_is_no_attack() =>
        Assert.Contains(
            "<hr>", SafeMarkdown.ToHtml("above\n\n" + new string('-', 72) + "\n\nbelow"), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.example")]
    [InlineData("http://")]
    [InlineData("https:///path")]
    [InlineData("ftp://a.example/")]
    [InlineData("javascript:alert(1)//https://a.example")]
    [InlineData("magnet:alert(1)")]
    public void An_address_of_another_kind_is_refused(string? url) => Assert.Null(SafeMarkdown.SafeUrl(url));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("^</?(p|br|h[3-6]|blockquote|ul|ol|li|pre|code|hr|em|strong|del|a|bdi)"
        + "( (dir=\"(auto|ltr)\"|class=\"plain\"|tabindex=\"0\"|start=\"\\d+\""
        + "|rel=\"noopener nofollow ugc\"|href=\"[^\"<>]*\"))*>$")]
    private static partial Regex OurTag();
}
