using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What a lender takes, and what it signs of it.</summary>
public sealed class LoanRulesTests
{
    private const long Day = 24L * 3600 * 1000;

    private static readonly Loan Lent = new(NodeOf(1), new VolumeId(1), 1000, 5, null);

    [Theory]
    [InlineData(0, 1000, null)]
    [InlineData(0, 1001, LoanCodes.Full)]
    [InlineData(400, 600, null)]
    [InlineData(400, 601, LoanCodes.Full)]
    [InlineData(1000, 1, LoanCodes.Full)]
    [InlineData(2000, 1, LoanCodes.Full)]
    [InlineData(0, long.MaxValue, LoanCodes.Full)]
    public void No_more_is_taken_than_was_lent(long used, long size, string? code) =>
        Assert.Equal(code, LoanRules.WhyNot(Lent, used, 1, size));

    [Fact]
    public void Small_files_are_bounded_by_their_number()
    {
        Assert.Null(LoanRules.WhyNot(Lent, 0, LoanRules.CopiesMax - 1, 1));
        Assert.Equal(LoanCodes.Full, LoanRules.WhyNot(Lent, 0, LoanRules.CopiesMax, 1));
    }

    [Fact]
    public void A_loan_with_an_end_takes_nothing_new_and_is_over_no_sooner_than_its_end()
    {
        var ended = Lent with { EndsMs = 14 * Day };
        Assert.Equal(LoanCodes.Ending, LoanRules.WhyNot(ended, 0, 0, 1));
        Assert.False(LoanRules.IsOver(ended, (14 * Day) - 1));
        Assert.True(LoanRules.IsOver(ended, 14 * Day));
        Assert.False(LoanRules.IsOver(Lent, long.MaxValue));
        Assert.Equal(14 * Day, LoanRules.NoticeMs);
    }

    [Fact]
    public void Every_part_of_a_word_is_signed()
    {
        var word = new LentWord(new ItemId(Hash256.Sha256([1])), 7, LentState.Kept, null, 5);
        byte[][] signed =
        [
            LentBytes.Signed(NodeOf(1), NodeOf(2), word),
            LentBytes.Signed(NodeOf(2), NodeOf(1), word),
            LentBytes.Signed(NodeOf(1), NodeOf(3), word),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { Item = new ItemId(Hash256.Sha256([2])) }),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { Ask = 8 }),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { State = LentState.Aside }),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { Code = LoanCodes.Full }),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { HashedAgoS = 6 }),
            LentBytes.Signed(NodeOf(1), NodeOf(2), word with { HashedAgoS = null }),
        ];
        Assert.Equal(signed.Length, signed.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Each_state_has_one_name_and_no_other_word_is_one()
    {
        foreach (var state in Enum.GetValues<LentState>())
            Assert.Equal(state, LentBytes.StateOf(LentBytes.NameOf(state)));
        foreach (var word in new[] { null, "", "Kept", "kept ", "0" }) Assert.Null(LentBytes.StateOf(word));
    }

    private static NodeId NodeOf(byte number) => new(Hash256.Sha256([number]));
}
