using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ThreadsFileTests
{
    private const string Root =
        """{"id":"a","parent":null,"list":"l","author":"Ines","ts":0,"subject":"S","body":"B"}""";

    [Fact]
    public void A_message_whose_parent_is_not_in_the_file_becomes_a_post()
    {
        var (messages, bad) = Read(Line("b", "elsewhere"));
        Assert.Empty(bad);
        Assert.Null(Assert.Single(messages).Parent);
    }

    [Fact]
    public void A_reply_may_stand_before_its_parent()
    {
        var (messages, bad) = Read(Line("b", "a"), Root);
        Assert.Empty(bad);
        Assert.Equal([("b", "a"), ("a", null)], messages.Select(m => (m.Key, m.Parent)));
    }

    [Fact]
    public void The_original_time_is_the_first_line_of_the_content()
    {
        var (messages, _) = Read(Root.Replace("\"ts\":0", "\"ts\":1258848660"));
        Assert.StartsWith("*2009-11-22 00:11 UTC, l*\n\nB", Assert.Single(messages).Content);
    }

    [Theory]
    [InlineData("", "bad_json")]
    [InlineData("null", "bad_json")]
    [InlineData("[]", "bad_json")]
    [InlineData("""{"id":"a"}""", "bad_json")]
    [InlineData("""{"id":"a","parent":null,"list":"","author":"I","ts":0,"subject":"","body":"","x":1}""", "bad_json")]
    [InlineData("""{"id":"a","id":"b","parent":"","list":"","author":"","ts":0,"subject":"","body":""}""", "bad_json")]
    [InlineData("""{"id":"a","parent":null,"list":"l","author":"I","ts":"0","subject":"S","body":"B"}""", "bad_json")]
    [InlineData("""{"id":"a","parent":null,"list":"l","author":null,"ts":0,"subject":"S","body":"B"}""", "bad_json")]
    [InlineData("""{"id":"","parent":null,"list":"l","author":"I","ts":0,"subject":"S","body":"B"}""", "bad_id")]
    [InlineData("""{"id":"a","parent":null,"list":"l","author":" \n","ts":0,"subject":"S","body":"B"}""", "bad_author")]
    [InlineData("""{"id":"a","parent":null,"list":"l","author":"I","ts":-1,"subject":"S","body":"B"}""", "bad_time")]
    [InlineData("""{"id":"a","parent":null,"list":"","author":"I","ts":999999999999,"subject":"","body":""}""",
        "bad_time")]
    [InlineData("""{"id":"a","parent":null,"list":"l","author":"I","ts":0,"subject":" ","body":"\n"}""", "empty")]
    [InlineData("""{"id":"a","parent":"a","list":"l","author":"I","ts":0,"subject":"S","body":"B"}""", "parent_circle")]
    public void A_bad_line_is_refused_by_number_and_code_and_nothing_is_read(string line, string code)
    {
        var (messages, bad) = Read(Line("z", null), line.Length == 0 ? "{" : line);
        Assert.Equal(new BadLine(2, code), Assert.Single(bad));
        Assert.Empty(messages);
    }

    [Fact]
    public void The_second_of_two_equal_ids_is_refused() =>
        Assert.Equal(new BadLine(2, "duplicate_id"), Assert.Single(Read(Root, Root).Bad));

    [Fact]
    public void Every_message_of_a_circle_is_refused_and_those_below_it_are_not_named()
    {
        var (_, bad) = Read(Line("a", "b"), Line("b", "c"), Line("c", "a"), Line("d", "a"));
        Assert.Equal([1, 2, 3], bad.Select(b => b.Line));
        Assert.All(bad, b => Assert.Equal("parent_circle", b.Code));
    }

    [Fact]
    public void A_body_that_no_payload_can_hold_is_refused_by_line()
    {
        var (messages, bad) = Read(Root, Line("b", "a", new string('x', 64 * 1024)));
        Assert.Equal(new BadLine(2, "too_large"), Assert.Single(bad));
        Assert.Empty(messages);
    }

    [Fact]
    public void An_author_lands_on_the_same_node_in_every_run() =>
        Assert.Equal([1, 1, 0], new[] { "Ines", "Maru", "Lee" }.Select(a => ThreadsImport.NodeOf(a, 3)));

    private static (IReadOnlyList<ReadyMessage> Messages, IReadOnlyList<BadLine> Bad) Read(params string[] lines) =>
        ThreadsFile.Read(new StringReader(string.Join('\n', lines)));

    private static string Line(string id, string? parent, string body = "B") =>
        new System.Text.Json.Nodes.JsonObject
        {
            ["id"] = id,
            ["parent"] = parent,
            ["list"] = "l",
            ["author"] = "Ines",
            ["ts"] = 0,
            ["subject"] = "S",
            ["body"] = body,
        }.ToJsonString();
}
