using System.Globalization;
using System.Text;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>
/// The parser on real release names, read in place from <c>../shared/data/naming</c>; the report is the test's output.
/// </summary>
public sealed class NamingCorpusTests
{
    /// <summary>Floors in percent of rows right in numbers and title; the first is the promise.</summary>
    public static TheoryData<string, int> Floors => new()
    {
        { "SingleEpisodeParserFixture", 95 },
        { "AbsoluteEpisodeNumberParserFixture", 95 },
        { "MultiEpisodeParserFixture", 95 },
        { "DailyEpisodeParserFixture", 95 },
        { "MiniSeriesEpisodeParserFixture", 90 },
        { "SeasonParserFixture", 95 },
        { "PathParserFixture", 95 },
        { "UnicodeReleaseParserFixture", 90 },
        { "ReleaseGroupParserFixture", 95 },
        { "CrapParserFixture", 95 },
        { "QualityParserFixture", 95 },
    };

    [Theory, MemberData(nameof(Floors))]
    public void Of_the_rows_of_a_category_enough_are_right(string category, int percent)
    {
        var verdicts = Rows().Where(row => row.Category == category).Select(CorpusJudge.Judge)
            .Where(verdict => verdict != CorpusVerdict.NotStated).ToArray();
        Assert.NotEmpty(verdicts);
        var right = verdicts.Count(verdict => verdict == CorpusVerdict.Right);
        Assert.InRange(100.0 * right / verdicts.Length, percent, 100);
    }

    [Fact]
    public void The_share_of_right_rows_is_reported_by_category()
    {
        var report = new StringBuilder("category: rows, stating a value, right, share; numbers right, share\n");
        foreach (var category in Rows().GroupBy(row => row.Category).OrderBy(rows => rows.Key, StringComparer.Ordinal))
        {
            var verdicts = category.Select(CorpusJudge.Judge).ToArray();
            var stated = verdicts.Count(verdict => verdict != CorpusVerdict.NotStated);
            var right = verdicts.Count(verdict => verdict == CorpusVerdict.Right);
            var numbers = right + verdicts.Count(verdict => verdict == CorpusVerdict.NumbersOnly);
            Assert.InRange(numbers, right, stated);
            report.AppendLine(stated == 0
                ? $"{category.Key}: {verdicts.Length}, 0"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{category.Key}: {verdicts.Length}, {stated}, {right}, {100.0 * right / stated:F1} %; "
                    + $"{numbers}, {100.0 * numbers / stated:F1} %"));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
    }

    [Fact]
    public void Every_row_is_read_twice_alike_and_shows_no_title()
    {
        foreach (var row in Rows().Where(row => row.Values is [string, ..]))
        {
            var name = NameParser.Parse(row.Name);
            Assert.Equal(NameShape.Of(name), NameShape.Of(NameParser.Parse(row.Name)));
            NameShape.Holds(name);
            if (name.Title.Length > 8) Assert.DoesNotContain(name.Title, name.ToString(), StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<CorpusRow> Rows()
    {
        var rows = CorpusRow.Read(Checkout.Root);
        Assert.SkipWhen(rows is null, "SKIPPED: ../shared/data/naming is not beside this checkout.");
        return rows!;
    }
}
