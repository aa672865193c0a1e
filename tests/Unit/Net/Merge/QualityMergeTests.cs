using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class QualityMergeTests
{
    private static readonly ProbedFile Large = new(
        Container.Mkv, VideoCodec.Hevc, DynamicRange.Hdr10, 3840, 2160, 10, 23_976, 18_000, ["en"],
        [new AudioTrack(AudioCodec.Eac3, 6, "en")]);

    private static readonly ProbedFile Small = Large with { Width = 1280, Height = 720 };

    [Fact]
    public void Most_fleets_probe_counts_and_it_is_told_how_many_they_are()
    {
        var merged = QualityMerge.Merge([Said(Small), Said(Large), Said(Large with { Subs = ["en"] }), Said(null)]);
        Assert.Equal((3840, 2, 3), (merged.Probe!.Width, merged.Agreeing, merged.Probed));
        var none = QualityMerge.Merge([Said(null)]);
        Assert.Equal((null, 0, 0), (none.Probe, none.Agreeing, none.Probed));
    }

    [Fact]
    public void Probes_as_frequent_are_chosen_between_alike_in_whatever_order_they_come() => Assert.Equal(
        QualityMerge.Merge([Said(Small), Said(Large)]).Probe!.Width,
        QualityMerge.Merge([Said(Large), Said(Small)]).Probe!.Width);

    [Fact]
    public void A_defect_needs_two_fleets_and_a_grade_three()
    {
        var two = new[]
        {
            Said(null, 40, Defect.Desync, Defect.Cam), Said(null, 90, Defect.WrongContent, Defect.Desync),
        };
        var merged = QualityMerge.Merge(two);
        Assert.Equal([Defect.Desync], merged.Defects);
        Assert.Equal((null, 2), (merged.Grade, merged.Graded));
        var third = QualityMerge.Merge([.. two, Said(null, 70)]);
        Assert.Equal((70, 3), (third.Grade, third.Graded));
    }

    private static QualityObserved Said(ProbedFile? probe, int? grade = null, params Defect[] defects) => new(
        "quality", 1, ["osh:8e245d9679d31e12:12909756"], Method.Manual, "test", 100, 490_000, SourceKind.Web, defects,
        probe, grade);
}
