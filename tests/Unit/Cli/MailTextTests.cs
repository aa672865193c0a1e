using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MailTextTests
{
    [Fact]
    public void A_quote_ends_where_the_answer_begins() =>
        Assert.Equal("> Which one?\n\nThis one.", Convert("> Which one?\nThis one."));

    [Fact]
    public void A_quote_in_a_quote_stays_one() =>
        Assert.Equal("> > first\n>\n> second\n\nthird", Convert(">> first\n> second\nthird"));

    [Fact]
    public void A_patch_is_fenced_and_kept_to_the_letter() =>
        Assert.Equal(
            "See below.\n\n```diff\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-*old*\n+<new>\n```",
            Convert("See below.\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-*old*\n+<new>"));

    [Fact]
    public void A_patch_ends_at_the_signature()
    {
        var text = Convert("--- a/x\n+++ b/x\n@@ -1 +1 @@\n+y\n-- \n1.6.5");
        Assert.Equal("```diff\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n+y\n```\n\n\\--\\\n1.6.5", text);
    }

    [Fact]
    public void A_piece_of_a_patch_inside_a_quote_is_fenced_there() =>
        Assert.Equal("> ```diff\n> +int x;\n> +int y;\n> ```", Convert("> +int x;\n> +int y;"));

    [Fact]
    public void Indented_code_is_fenced() =>
        Assert.Equal("So:\n\n```\n    a  b\n\tc\n```", Convert("So:\n\n    a  b\n\tc"));

    [Fact]
    public void A_fence_is_longer_than_any_in_its_text() =>
        Assert.Equal("````\n    ```\n````", Convert("    ```"));

    [Theory]
    [InlineData("*not* _strong_", @"\*not\* \_strong\_")]
    [InlineData("# no title", @"\# no title")]
    [InlineData("---", @"\---")]
    [InlineData("<script>alert(1)</script>", @"\<script\>alert(1)\</script\>")]
    [InlineData("[text](javascript:x)", @"\[text\](javascript:x)")]
    [InlineData("`code`", @"\`code\`")]
    public void What_markdown_would_act_on_is_escaped(string mail, string markdown) =>
        Assert.Equal(markdown, Convert(mail));

    [Fact]
    public void A_line_that_ended_early_stays_ended() =>
        Assert.Equal("Acked-by: A\\\nAcked-by: B", Convert("Acked-by: A\nAcked-by: B"));

    [Fact]
    public void A_list_stays_a_list() => Assert.Equal("- one\\\n- two", Convert("- one\n- two"));

    [Fact]
    public void Quotes_without_end_are_read_without_recursion_without_end() =>
        Assert.NotEmpty(Convert(new string('>', 50_000)));

    [Fact]
    public void A_paragraph_of_very_many_lines_is_looked_at_once() =>
        Assert.StartsWith("Hello:\\\n+1", Convert("Hello:\n" + string.Concat(Enumerable.Repeat("+1\n", 300_000))));

    private static string Convert(string body)
    {
        var message = new ThreadMessage("a", null, "", "Ines", 0, "S", body);
        var text = MailText.ToMarkdown(message);
        const string head = "*1970-01-01 00:00 UTC*\n\n";
        Assert.StartsWith(head, text);
        return text[head.Length..];
    }
}
