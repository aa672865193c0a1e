using Anarchive.Fleet;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class LogarithmTests
{
    private const double One = 4_294_967_296.0;

    [Theory]
    [InlineData(0UL, 64UL << 32)]
    [InlineData(1UL, 64UL << 32)]
    [InlineData(2UL, 63UL << 32)]
    [InlineData(1UL << 32, 32UL << 32)]
    [InlineData(1UL << 62, 2UL << 32)]
    [InlineData(1UL << 63, 1UL << 32)]
    public void Powers_of_two_have_whole_logarithms(ulong u, ulong expected) =>
        Assert.Equal(expected, Logarithm.Negative(u));

    [Fact]
    public void The_largest_number_is_nearly_one() => Assert.InRange(Logarithm.Negative(ulong.MaxValue), 0UL, 2UL);

    [Fact]
    public void It_is_the_logarithm_to_seven_places() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Numbers(), u =>
        {
            var exact = -Math.Log2(u / 18_446_744_073_709_551_616.0);
            return Math.Abs((Logarithm.Negative(u) / One) - exact) < 1e-7;
        }));

    [Fact]
    public void A_larger_number_never_has_a_larger_logarithm() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Numbers(), u =>
            u == ulong.MaxValue || Logarithm.Negative(u + 1) <= Logarithm.Negative(u)));

    [Fact]
    public void Between_the_entries_of_the_table_it_falls_as_well()
    {
        for (var i = 1UL; i < 4_096; i++)
        {
            var edge = (1UL << 63) + (i << 51);
            Assert.True(Logarithm.Negative(edge - 1) >= Logarithm.Negative(edge));
            Assert.True(Logarithm.Negative(edge) > Logarithm.Negative(edge + (1UL << 50)));
        }
    }

    [Fact]
    public void No_number_below_the_least_has_a_logarithm_within_the_limit() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Numbers(), Numbers(), (u, near) =>
        {
            var limit = Logarithm.Negative(u) + (near % 1_000);
            var least = Logarithm.Least(limit);
            return least <= u && (least == 0 || Logarithm.Negative(least - 1) >= limit);
        }));

    /// <summary>Of every size, and near one, where the first of many devices are.</summary>
    private static Arbitrary<ulong> Numbers() =>
        (from high in Gen.Choose(0, int.MaxValue)
         from low in Gen.Choose(0, int.MaxValue)
         from zeros in Gen.Choose(0, 63)
         from near in Gen.Elements(true, false)
         let number = (((ulong)high << 33) | ((ulong)low << 2)) >> zeros
         select near ? ulong.MaxValue - number : number + 1).ToArbitrary();
}
