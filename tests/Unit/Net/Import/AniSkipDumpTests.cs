using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class AniSkipDumpTests
{
    private const string Good = "40938,5,Crunchyroll,op,10000,67.75,158.25,1420.146,2021-05-06";

    /// <summary>Rows of a dump, how many are distinct, and how many each gate stops.</summary>
    public static TheoryData<string, int, int[]> Dumps => new()
    {
        { "skip_times_public-2026-01-26.csv", 40_494, First },
        { "skip_times_public-2026-07-06.csv", 74_776, Second },
    };

    // In the order of the gates: accepted, malformed, duplicate, mixed, episode, short, long, voted down, schema.
    private static int[] First => [37_905, 0, 404, 491, 8, 189, 1_068, 429, 0];

    private static int[] Second => [71_055, 0, 442, 526, 8, 367, 1_340, 1_038, 0];

    [Fact]
    public void A_row_becomes_an_observation_by_import()
    {
        var row = new AniSkipDump().Take(Good, out var gate);
        Assert.Equal((AniSkipGate.Accepted, "Crunchyroll"), (gate, row!.Provider));
        var marker = row.Marker;
        Assert.Equal("work:mal:40938/1/5", Assert.Single(marker.Key));
        Assert.Equal((Method.Import, MarkerType.Intro), (marker.Method, marker.Type));
        Assert.Equal((67_800L, 158_300L, 1_420_100L), (marker.StartMs, marker.EndMs!.Value, marker.DurationMs));
    }

    [Theory]
    [InlineData("", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,10000,67.75,158.25,1420.146", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,x,67.75,158.25,1420.146,2021-05-06", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,0,NaN,158.25,1420.146,2021-05-06", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,0,1e99,158.25,1420.146,2021-05-06", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,0,67.75,158.25,99999999999999999999999,2021-05-06", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,op,0,67.75,158.25,1420.146,2021-13-06", AniSkipGate.Malformed)]
    [InlineData("40938,5,Crunchyroll,mixed-op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.MixedType)]
    [InlineData("40938,5.5,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.BadEpisode)]
    [InlineData("40938,0,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.BadEpisode)]
    [InlineData("40938,125314,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.BadEpisode)]
    [InlineData("40938,5,Crunchyroll,op,0,158.25,67.75,1420.146,2021-05-06", AniSkipGate.Short)]
    [InlineData("40938,5,Crunchyroll,op,0,67.75,72.65,1420.146,2021-05-06", AniSkipGate.Short)]
    [InlineData("40938,5,Crunchyroll,op,0,67.75,248.25,1420.146,2021-05-06", AniSkipGate.Long)]
    [InlineData("40938,5,Crunchyroll,op,-2,67.75,158.25,1420.146,2021-05-06", AniSkipGate.VotedDown)]
    [InlineData("0,5,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.OutOfSchema)]
    [InlineData("1:2,5,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.OutOfSchema)]
    [InlineData("40938,5,Crunchyroll,op,0,67.75,158.25,1480062,2021-05-06", AniSkipGate.OutOfSchema)]
    [InlineData("40938,05,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", AniSkipGate.OutOfSchema)]
    public void A_row_that_does_not_hold_ends_at_one_gate(string row, AniSkipGate at)
    {
        var dump = new AniSkipDump();
        Assert.Null(dump.Take(row, out var gate));
        Assert.Equal((at, 1), (gate, dump.CountAt(at)));
    }

    [Theory]
    [InlineData("1,5,Crunchyroll,op", "columns")]
    [InlineData("1,5,Crunchy\u0007roll,op,0,67.75,158.25,1420.146,2021-05-06", "provider_name")]
    [InlineData("1,5,Crunchyroll,op,x,67.75,158.25,1420.146,2021-05-06", "votes")]
    [InlineData("1,5,Crunchyroll,op,0,x,158.25,1420.146,2021-05-06", "start_time")]
    [InlineData("1,5,Crunchyroll,op,0,67.75,x,1420.146,2021-05-06", "end_time")]
    [InlineData("1,5,Crunchyroll,op,0,67.75,158.25,x,2021-05-06", "episode_length")]
    [InlineData("1,5,Crunchyroll,op,0,67.75,158.25,1420.146,x", "submit_date")]
    [InlineData("0,5,Crunchyroll,op,0,67.75,158.25,1420.146,2021-05-06", "key")]
    [InlineData("1,5,Crunchyroll,op,0,67.75,158.25,1480062,2021-05-06", "duration_ms")]
    [InlineData("1,5,Crunchyroll,op,0,67.75,158.25,1420.146,1969-05-06", "at")]
    [InlineData("1,5,Crunchyroll,op,-2,67.75,158.25,1420.146,2021-05-06", "")]
    public void A_refused_row_names_what_is_at_fault(string row, string fault)
    {
        var dump = new AniSkipDump();
        Assert.NotNull(dump.Take(Good, out _));
        Assert.Null(dump.Take(row, out _));
        Assert.Equal((fault, 2), (dump.Fault, dump.Rows));
    }

    [Fact]
    public void A_row_that_comes_again_is_counted_as_such()
    {
        var dump = new AniSkipDump();
        Assert.NotNull(dump.Take(Good, out _));
        Assert.Null(dump.Take(Good, out var gate));
        Assert.Equal(AniSkipGate.Duplicate, gate);
    }

    [Theory, MemberData(nameof(Dumps))]
    public void Every_row_of_a_real_dump_ends_at_one_gate(string file, int rows, int[] expected)
    {
        var path = Checkout.PathOf("../shared/data/aniskip/" + file);
        Assert.SkipUnless(File.Exists(path), $"{file} is not beside the checkout, in ../shared/data/aniskip.");
        var dump = new AniSkipDump();
        var registers = new MarkerRegisters();
        foreach (var line in File.ReadLines(path).Skip(1))
            if (dump.Take(line, out _) is { } row)
                registers.Offer(
                    row.Provider, VoterRing.Friend, row.Marker, new VoteOrder(0, (ulong)row.Submitted, line));
        var counts = Enum.GetValues<AniSkipGate>().Select(dump.CountAt).ToArray();
        Assert.Equal(expected, counts);
        Assert.Equal(rows, counts.Sum());
        // Nobody of ours saw any of it: a player never skips by itself on imports alone.
        Assert.DoesNotContain(
            registers.Slots, s => registers.Merge(s, new MergeQuestion()).Level == MergeLevel.AutoSkip);
    }
}
