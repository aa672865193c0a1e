using System.Text;
using Anarchive.Node;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>One spelling of what can be written in several: UAX #15, form C.</summary>
public sealed class CanonicalTextTests
{
    // Single letters, accents of every class in each order, singletons, exclusions and Hangul.
    [Theory]
    [InlineData("", "")]
    [InlineData("plain ASCII", "plain ASCII")]
    [InlineData("caf\u00E9", "caf\u00E9")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("\u212B\u2126", "\u00C5\u03A9")]
    [InlineData("a\u0302\u0323", "\u1EAD")]
    [InlineData("a\u0323\u0302", "\u1EAD")]
    [InlineData("a\u0301\u0302", "\u00E1\u0302")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("e\u0300\u0300", "\u00E8\u0300")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\uAC01\u11A8", "\uAC01\u11A8")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0301e", "\u0301e")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("\uD804\uDC99\uD804\uDCBA", "\uD804\uDC9A")]
    [InlineData("e\u200D\u0301", "e\u200D\u0301")]
    public void A_text_is_composed(string text, string composed) =>
        Assert.Equal(composed, CanonicalText.Compose(text));

    [Fact]
    public void What_is_no_character_is_what_it_is_in_bytes() =>
        Assert.Equal(
            Encoding.UTF8.GetBytes("\uD800e\u0301"[..1] + "\u00E9"),
            Encoding.UTF8.GetBytes(CanonicalText.Compose("\uD800e\u0301")));

    [Fact]
    public void Composing_twice_changes_nothing_and_pieces_that_begin_with_a_letter_stand_by_themselves() =>
        Prop.ForAll(
            Gen.Elements(
                    "a", "e", "\u00EA", "\u0301", "\u0323", "\u0302", "\u1100", "\u1161", "\u11A8", "\u0958", "o\u0308")
                .ListOf().Select(string.Concat).Two().ToArbitrary(),
            pair =>
            {
                var (one, other) = (CanonicalText.Compose(pair.Item1), CanonicalText.Compose("x" + pair.Item2));
                return one == CanonicalText.Compose(one)
                    && CanonicalText.Compose(pair.Item1 + "x" + pair.Item2) == one + other;
            }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("un caf\u00E9 noir", "un\u00A0cafe\u0301\u3000noir")]
    [InlineData(" as it is ", " as it is ")]
    [InlineData("Case and ﬁ stay", "Case and ﬁ stay")]
    public void A_passphrase_is_prepared_as_RFC_8265_has_it(string prepared, string typed) =>
        Assert.Equal(prepared, OwnerPassphrase.Prepared(typed));
}
