using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HiveRulesTests
{
    private const string Id = "abcdefghij234567";
    private static readonly string Node = NodeId.Of("a node"u8).ToString();

    [Theory]
    [InlineData("A title", true)]
    [InlineData("עברית \u200f and English", true)]
    [InlineData("", false)]
    [InlineData(" \u00a0 ", false)]
    [InlineData("Two\nlines", false)]
    [InlineData("A\ttab", false)]
    [InlineData("A null \0", false)]
    [InlineData("Delete \u007f", false)]
    [InlineData("C1 \u0085", false)]
    [InlineData("Line separator \u2028", false)]
    [InlineData("Override \u202e", false)]
    [InlineData("Isolate \u2067", false)]
    public void Titles_are_one_honest_line(string title, bool fits) =>
        Assert.Equal(
            fits ? PayloadFault.None : PayloadFault.Title,
            HiveRules.Check(new PostCreated(new AgentProfile(Id, "Ada"), title)));

    [Theory]
    [InlineData(300, PayloadFault.None)]
    [InlineData(301, PayloadFault.Title)]
    public void Titles_are_measured_in_characters_not_in_code_units(int length, PayloadFault expected) =>
        Assert.Equal(expected, HiveRules.Check(new PostCreated(
            new AgentProfile(Id, "Ada"), string.Concat(Enumerable.Repeat("🐈", length)))));

    [Theory]
    [InlineData(64, PayloadFault.None)]
    [InlineData(65, PayloadFault.Name)]
    public void Names_fit_a_byline(int length, PayloadFault expected) =>
        Assert.Equal(expected, HiveRules.Check(new CommentCreated(new AgentProfile(Id, new string('a', length)), "x")));

    [Theory]
    [InlineData("https://example.org/a?b=c#d", true)]
    [InlineData("http://x", true)]
    [InlineData("magnet:?xt=urn:btih:0", true)]
    [InlineData("https://", false)]
    [InlineData("HTTPS://example.org/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData(" https://example.org/", false)]
    [InlineData("https://example.org/ x", false)]
    [InlineData("https://example.org/\n", false)]
    [InlineData("https://example.org/\"onload=", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("//example.org/", false)]
    [InlineData("ftp://example.org/", false)]
    public void Links_are_http_https_or_magnet(string url, bool fits)
    {
        var expected = fits ? PayloadFault.None : PayloadFault.Url;
        Assert.Equal(expected, HiveRules.Check(new PostCreated(new AgentProfile(Id, "Ada"), "x", null, url)));
        Assert.Equal(expected, HiveRules.Check(new PostUpdated(Id, Url: url)));
    }

    [Fact]
    public void A_link_has_at_most_2000_characters()
    {
        var url = "https://" + new string('x', 1_992);
        Assert.True(HiveText.IsLink(url));
        Assert.False(HiveText.IsLink(url + "x"));
    }

    [Fact]
    public void An_avatar_is_a_web_address()
    {
        var agent = new AgentProfile(Id, "Ada", "https://example.org/a.png");
        Assert.Equal(PayloadFault.None, HiveRules.Check(agent));
        Assert.Equal(PayloadFault.Avatar, HiveRules.Check(agent with { Avatar = "magnet:?xt=1" }));
        Assert.Equal(PayloadFault.Avatar, HiveRules.Check(agent with { Avatar = "" }));
    }

    [Theory]
    [InlineData("abcdefghij234567", true)]
    [InlineData("abcdefghij23456", false)]
    [InlineData("abcdefghij2345678", false)]
    [InlineData("abcdefghij234561", false)]
    [InlineData("Abcdefghij234567", false)]
    [InlineData("abcdefghij23456é", false)]
    public void Agent_ids_are_16_base32_characters(string id, bool fits)
    {
        Assert.Equal(fits, HiveRules.IsAgentId(id));
        Assert.Equal(fits ? PayloadFault.None : PayloadFault.AgentId, HiveRules.Check(new CommentUpdated(id, "x")));
        Assert.Equal(fits ? PayloadFault.None : PayloadFault.Voter, HiveRules.Check(new VoteCast(id, 1)));
    }

    [Fact]
    public void Pseudonyms_have_one_spelling()
    {
        var bytes = new byte[32];
        bytes[31] = 1;
        var pseudonym = Base32.Encode(bytes);
        Assert.True(HiveRules.IsPseudonym(pseudonym));
        Assert.False(HiveRules.IsPseudonym(pseudonym[..51] + "r"));
        Assert.False(HiveRules.IsPseudonym(pseudonym[..51]));
        Assert.False(HiveRules.IsPseudonym(pseudonym + "a"));
        Assert.False(HiveRules.IsPseudonym(Id));
        Assert.False(HiveRules.IsAgentId(pseudonym));
    }

    [Theory]
    [InlineData("title", true)]
    [InlineData("", false)]
    [InlineData("Title", false)]
    [InlineData("a b", false)]
    public void Setting_keys_are_plain(string key, bool fits) =>
        Assert.Equal(
            fits ? PayloadFault.None : PayloadFault.SettingKey, HiveRules.Check(new HiveSettingChanged(Id, key, "x")));

    [Fact]
    public void A_setting_has_at_most_4000_characters()
    {
        var setting = new HiveSettingChanged(Id, "title", new string('x', 4_000));
        Assert.Equal(PayloadFault.None, HiveRules.Check(setting));
        Assert.Equal(PayloadFault.SettingValue, HiveRules.Check(setting with { Value = new string('x', 4_001) }));
    }

    [Fact]
    public void A_ban_lists_each_of_the_subjects_chains_once()
    {
        var chain = new ChainSeq(Node, "00000000000000ff", 7);
        Assert.Equal(PayloadFault.None, Ban(chain, chain with { Incarnation = "00000000000000fe", Seq = 0 }));
        Assert.Equal(PayloadFault.After, Ban(chain, chain));
        Assert.Equal(PayloadFault.After, Ban(chain with { Seq = -1 }));
        Assert.Equal(PayloadFault.After, Ban(chain with { Seq = Limits.SeqMax + 1 }));
        Assert.Equal(PayloadFault.After, Ban(chain with { Incarnation = "FF" }));
        Assert.Equal(PayloadFault.After, Ban(chain with { Origin = NodeId.Of("another"u8).ToString() }));
        Assert.Equal(PayloadFault.After, Ban(chain, null!));
        Assert.Equal(PayloadFault.After, Ban([.. Enumerable.Range(0, 65).Select(i =>
            chain with { Incarnation = new Incarnation((ulong)i).ToString() })]));
    }

    [Fact]
    public void Only_a_ban_says_after_which_seq()
    {
        var change = new MembershipChanged(Id, new AgentSubject(Node, Id), "unban", []);
        Assert.Equal(PayloadFault.After, HiveRules.Check(change));
        Assert.Equal(PayloadFault.None, HiveRules.Check(change with { After = null }));
        Assert.Equal(PayloadFault.Action, HiveRules.Check(change with { Action = "promote", After = null }));
        Assert.Equal(PayloadFault.Subject, HiveRules.Check(change with { Subject = new AgentSubject("an1x", Id) }));
        Assert.Equal(PayloadFault.Subject, HiveRules.Check(change with { Subject = new AgentSubject(Node, "x") }));
    }

    [Theory]
    [InlineData("  [PATCH]\tone\n two ", "[PATCH] one two")]
    [InlineData("\u202eevil\u202c", "evil")]
    [InlineData(" \0 ", "")]
    public void Foreign_text_becomes_the_nearest_line(string text, string expected) =>
        Assert.Equal(expected, HiveText.ToLine(text, 300));

    [Fact]
    public void A_line_is_cut_between_characters()
    {
        Assert.Equal("🐈🐈", HiveText.ToLine("🐈🐈🐈", 2));
        Assert.Equal("a", HiveText.ToLine("a b", 2));
        Assert.True(HiveText.IsLine(HiveText.ToLine(new string('x', 500) + "\ud800", 300), 300));
    }

    private static PayloadFault Ban(params ChainSeq[] after) =>
        HiveRules.Check(new MembershipChanged(Id, new AgentSubject(Node, Id), "ban", after));
}
