using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Which deletions a hive's retention made, told without a word of theirs.</summary>
public sealed class RetentionRuleTests
{
    private static readonly RetentionWord[] Kept = [new(Day(10), 2, "5"), new(Day(40), 2, "")];

    [Theory]
    [InlineData(2, RetentionRule.Reason, 10, 20, true)]
    [InlineData(2, RetentionRule.Reason, 15, 20, true)]
    [InlineData(2, RetentionRule.Reason, 16, 20, false)]
    [InlineData(1, RetentionRule.Reason, 10, 20, false)]
    [InlineData(2, "Spam", 10, 20, false)]
    [InlineData(2, null, 10, 20, false)]
    [InlineData(2, RetentionRule.Reason, 1, 9, false)]
    public void Rank_words_and_age_must_all_agree(int rank, string? reason, int written, int deleted, bool made) =>
        Assert.Equal(made, new RetentionRule(Kept).Made(rank, reason, Day(written), Day(deleted)));

    [Fact]
    public void A_sweep_that_had_not_heard_the_latest_word_is_still_retentions() =>
        Assert.True(new RetentionRule(Kept).Made(2, RetentionRule.Reason, Day(30), Day(41)));

    [Fact]
    public void A_moderators_word_counts_until_the_owner_has_spoken()
    {
        RetentionWord[] said = [new(Day(2), 1, "3"), new(Day(10), 2, "90"), new(Day(11), 1, "1")];
        var rule = new RetentionRule(said.Reverse());
        Assert.True(rule.Made(2, RetentionRule.Reason, Day(4), Day(8)));
        Assert.False(rule.Made(2, RetentionRule.Reason, Day(12), Day(14)));
        Assert.False(new RetentionRule(said[1..]).Made(2, RetentionRule.Reason, Day(12), Day(20)));
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("0", null)]
    [InlineData("", null)]
    [InlineData("-3", null)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public void A_hive_keeps_for_ever_unless_it_says_whole_days(string? value, int? days) =>
        Assert.Equal(days, RetentionRule.Days(value));

    private static Hlc Day(long day) => Hlc.FromUnixMs(day * 24 * 3600 * 1000);
}
