using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class InviteTextTests
{
    private static readonly InviteText Invite = new(
        Endpoint.TryParse("http://127.0.0.1:7420")!,
        new FakeSigner(1).PublicKey.AsNodeId(),
        new GroupId(Hash256.Sha256("group"u8)),
        new byte[16],
        [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void An_invite_reads_back_whole()
    {
        var read = InviteText.TryParse($"\n {Invite.Write()} \t", out var code)!;
        Assert.Null(code);
        Assert.Equal((Invite.Endpoint, Invite.Issuer, Invite.Group), (read.Endpoint, read.Issuer, read.Group));
        Assert.True(Invite.Id.Span.SequenceEqual(read.Id.Span));
        Assert.True(Invite.Secret.Span.SequenceEqual(read.Secret.Span));
    }

    [Fact]
    public void Changing_or_losing_any_character_is_noticed()
    {
        var text = Invite.Write();
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.Null(InviteText.TryParse(changed, out _));
            Assert.Null(InviteText.TryParse(text[..i], out _));
            Assert.Null(InviteText.TryParse(text.Remove(i, 1), out _));
        }
    }

    [Theory]
    [InlineData(null, "not_an_invite")]
    [InlineData("", "not_an_invite")]
    [InlineData("http://127.0.0.1:7420", "not_an_invite")]
    [InlineData("ai1", "invite_damaged")]
    [InlineData("ai1####", "invite_damaged")]
    public void What_is_not_an_invite_has_a_code(string? text, string expected)
    {
        Assert.Null(InviteText.TryParse(text, out var code));
        Assert.Equal(expected, code);
    }

    [Fact]
    public void An_endless_paste_is_refused() =>
        Assert.Null(InviteText.TryParse("ai1" + new string('A', 1_000_000), out _));

    [Fact]
    public void An_invite_never_prints_its_secret() =>
        Assert.DoesNotContain(Base64UrlText.Encode(Invite.Secret.Span), Invite.ToString());
}
