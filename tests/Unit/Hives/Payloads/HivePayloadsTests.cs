using System.Text;
using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HivePayloadsTests
{
    private const string Id = "abcdefghij234567";
    private const string Profile = $$"""{"agent_id":"{{Id}}","name":"Ada"}""";
    private static readonly string Node = NodeId.Of("a node"u8).ToString();
    private static readonly AgentProfile Ada = new(Id, "Ada", "https://example.org/ada.png");

    public static TheoryData<IHivePayload> Payloads => new()
    {
        new PostCreated(Ada, "Title", "Text", "https://example.org/"),
        new PostCreated(new AgentProfile(Id, "Ada"), "Title"),
        new PostUpdated(Id, "Title"),
        new PostUpdated(Id, null, "", ""),
        new PostDeleted(Id),
        new PostDeleted(Id, "Spam"),
        new CommentCreated(Ada, "Zażółć \u202e gęślą <jaźń> 🐈 \"quoted\"\n\tindented"),
        new CommentUpdated(Id, "Text"),
        new CommentDeleted(Id, "Spam"),
        new VoteCast(Id, -1),
        new VoteCast(new string('a', 52), 1),
        new VoteTallied(0, HiveLimits.TallyMax),
        new HiveSettingChanged(Id, "title", ""),
        new MembershipChanged(Id, new AgentSubject(Node, Id), "join"),
        new MembershipChanged(Id, new AgentSubject(Node, Id), "ban", [new ChainSeq(Node, "00000000000000ff", 7)]),
    };

    [Theory]
    [MemberData(nameof(Payloads), DisableDiscoveryEnumeration = true)]
    public void What_is_written_reads_back(IHivePayload payload)
    {
        var bytes = HivePayloads.Write(payload, out var fault);

        Assert.Equal(PayloadFault.None, fault);
        var read = HivePayloads.ReadPayload(new Kind(HiveWriter.KindOf(payload)), bytes);
        Assert.NotNull(read);
        Assert.Equal(bytes, HivePayloads.Write(read, out _));
        Assert.Equivalent(payload, read);
    }

    [Fact]
    public void Text_beyond_ascii_is_not_inflated() =>
        Assert.Equal(
            $$"""{"agent":{{Profile}},"content":"Zażółć <b> & 'gęślą'"}""",
            Encoding.UTF8.GetString(HivePayloads.Write(
                new CommentCreated(new AgentProfile(Id, "Ada"), "Zażółć <b> & 'gęślą'"), out _)!));

    [Theory]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x"}""", true)]
    [InlineData(
        "comment_created", $$""" {"content":"x" , "agent":{"name":"A","avatar":null,"agent_id":"{{Id}}"} } """, true)]
    [InlineData("comment_created", $$"""{"\u0061gent":{{Profile}},"content":"\ud83d\ude00"}""", true)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x","more":1}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x","Content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x","content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x","c\u006fntent":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"agent":{{Profile}},"content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{"agent_id":"{{Id}}","name":"A","name":"A"},"content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{"agent_id":"{{Id}}","name":"Ada","x":1},"content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{"agent_id":"{{Id}}"},"content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}} }""", false)]
    [InlineData("comment_created", $$"""{"agent":null,"content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":null}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":7}""", false)]
    [InlineData("comment_created", $$"""{"agent":"x","content":"x"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"\ud800"}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x",}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x"}/**/""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x"}{}""", false)]
    [InlineData("comment_created", $$"""{"agent":{{Profile}},"content":"x" """, false)]
    [InlineData("comment_created", $$"""[{"agent":{{Profile}},"content":"x"}]""", false)]
    [InlineData("comment_created", "null", false)]
    [InlineData("comment_created", "", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":1}""", true)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":"1"}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":1.0}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":1e0}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":2}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":99999999999}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":null}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}"}""", false)]
    [InlineData("vote_cast", """{"value":1}""", false)]
    [InlineData("vote_cast", $$"""{"voter":"{{Id}}","value":1,"value":1}""", false)]
    [InlineData("post_created", $$"""{"agent":{{Profile}},"title":"x","content":null,"url":null}""", true)]
    [InlineData("post_created", $$"""{"agent":{{Profile}},"title":"x","url":""}""", false)]
    [InlineData("post_updated", $$"""{"agent_id":"{{Id}}"}""", false)]
    [InlineData("post_updated", $$"""{"agent_id":"{{Id}}","title":null}""", false)]
    [InlineData("post_updated", $$"""{"agent_id":"{{Id}}","title":""}""", false)]
    [InlineData("post_updated", $$"""{"agent_id":"{{Id}}","url":""}""", true)]
    [InlineData("vote_tallied", """{"up":-1,"down":0}""", false)]
    [InlineData("vote_tallied", """{"up":0,"down":1000000001}""", false)]
    [InlineData("not_a_kind", "{}", false)]
    public void Payloads_are_strict(string kind, string json, bool isRead) =>
        Assert.Equal(isRead, HivePayloads.ReadPayload(new Kind(kind), Encoding.UTF8.GetBytes(json)) is not null);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"voter":"{{Id}}","value":1}""");
        foreach (var at in new[] { 3, 10 })
            Assert.Null(HivePayloads.ReadPayload(new Kind("vote_cast"), [.. bytes[..at], 0xff, .. bytes[(at + 1)..]]));
        Assert.Null(HivePayloads.ReadPayload(new Kind("vote_cast"), [0xef, 0xbb, 0xbf, .. bytes]));
        var comment = Encoding.UTF8.GetBytes($$"""{"agent":{{Profile}},"content":"x"}""");
        comment[^3] = 0xc3;
        Assert.Null(HivePayloads.ReadPayload(new Kind("comment_created"), comment));
    }

    [Fact]
    public void A_document_of_64_KiB_of_brackets_is_refused() =>
        Assert.All(HivesApp.Kinds, kind => Assert.Null(HivePayloads.ReadPayload(
            kind, Encoding.UTF8.GetBytes(new string('[', Limits.PayloadBytesMax)))));

    [Fact]
    public void Every_truncation_of_a_payload_is_refused()
    {
        var whole = HivePayloads.Write(new PostCreated(Ada, "Title", "Text", "https://example.org/"), out _)!;
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(HivePayloads.ReadPayload(new Kind("post_created"), whole.AsSpan(0, length)));
    }

    [Fact]
    public void Text_that_does_not_fit_a_payload_is_not_written()
    {
        var fits = new CommentCreated(new AgentProfile(Id, "A"), new string('x', Limits.PayloadBytesMax - 100));
        Assert.NotNull(HivePayloads.Write(fits, out _));
        Assert.Null(HivePayloads.Write(fits with { Content = new string('"', 40_000) }, out var fault));
        Assert.Equal(PayloadFault.TooLarge, fault);
    }

    [Fact]
    public void Only_text_may_come_without_its_payload() =>
        Assert.Equal(
            ["comment_created", "comment_updated", "post_created", "post_updated"],
            HivesApp.Kinds.Where(kind => !HivesApp.Schema.RequiresPayload(kind)).Select(kind => kind.Name).Order());
}
