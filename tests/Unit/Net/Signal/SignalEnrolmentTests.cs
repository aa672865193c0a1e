using Anarchive.Log;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SignalEnrolmentTests
{
    private static readonly SignalEnrolment Sample = new(
        new NodeId(Hash256.Sha256("aggregator"u8)), Hash256.Sha256("key"u8).ToArray(),
        Hash256.Sha256("token"u8).ToArray());

    [Fact]
    public void What_is_written_is_read_and_blanks_around_it_do_no_harm()
    {
        var text = Sample.Write();
        Assert.StartsWith(SignalEnrolment.Prefix, text);
        var read = SignalEnrolment.TryParse($"  {text}\n")!;
        Assert.Equal(Sample.Aggregator, read.Aggregator);
        Assert.Equal(Sample.BoxKey.ToArray(), read.BoxKey.ToArray());
        Assert.Equal(Sample.Token.ToArray(), read.Token.ToArray());
        Assert.Equal(text, read.Write());
    }

    [Fact]
    public void A_text_with_any_character_changed_missing_or_added_is_refused()
    {
        var text = Sample.Write();
        for (var at = 0; at < text.Length; at++)
        {
            var other = text[at] == 'B' ? 'C' : 'B';
            Assert.Null(SignalEnrolment.TryParse(text[..at] + other + text[(at + 1)..]));
            Assert.Null(SignalEnrolment.TryParse(text[..at]));
        }

        Assert.Null(SignalEnrolment.TryParse(text + "A"));
        Assert.Null(SignalEnrolment.TryParse(text + "="));
        Assert.Null(SignalEnrolment.TryParse(null));
        Assert.Null(SignalEnrolment.TryParse(""));
    }

    [Fact]
    public void The_token_is_in_no_text_but_the_one_to_hand_out() =>
        Assert.DoesNotContain(Base64UrlText.Encode(Sample.Token.Span), Sample.ToString());
}
