using System.Text.Json.Nodes;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CompatibleAnswerTests
{
    // SHA-256 of the key's text by coreutils' sha256sum.
    private const string KeyHash = "fc9316ae9c36c8211a8093c0cc41cc72a6c80e49324a8d0f97e6c082ea5be0df";

    [Fact]
    public void AniSkip_is_answered_in_its_words_and_in_seconds()
    {
        var answer = AniSkipAnswer.Of(Exported.All, ["op", "ed", "recap"], "1420.1");
        Assert.Equal((true, 200), (answer.Found, answer.StatusCode));
        Assert.Equal(
            [("recap", 0m, 42m), ("op", 68.3m, 157.9m), ("ed", 1_330m, 1_420.1m)],
            answer.Results.Select(r => (r.SkipType, r.Interval.StartTime, r.Interval.EndTime)));
        var one = AniSkipAnswer.Of(Exported.All, ["op"], null);
        var id = Assert.Single(one.Results).SkipId;
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(
            ("{'found':true,'results':[{'interval':{'startTime':68.3,'endTime':157.9},'skipType':'op','skipId':'" + id
                + "','episodeLength':1420.1}],'message':'These can be skipped.','statusCode':200}").Replace('\'', '"'),
            one.ToJson());
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("0", 200)]
    [InlineData("1422.1", 200)]
    [InlineData("1422.2", 404)]
    [InlineData("1417.9", 404)]
    [InlineData("-1", 400)]
    [InlineData("NaN", 400)]
    [InlineData("1e3", 400)]
    [InlineData("99999999999999999999999999999999999", 400)]
    [InlineData("86401", 400)]
    public void A_player_of_another_cut_is_told_nothing(string length, int status) =>
        Assert.Equal(status, AniSkipAnswer.Of(Exported.All, ["op"], length).StatusCode);

    [Fact]
    public void What_AniSkip_does_not_know_is_refused_and_what_we_do_not_know_is_not_found()
    {
        Assert.Equal(400, AniSkipAnswer.Of(Exported.All, [], "0").StatusCode);
        Assert.Equal(400, AniSkipAnswer.Of(Exported.All, ["op", "intro"], "0").StatusCode);
        var none = AniSkipAnswer.Of(Exported.All, ["mixed-op", "mixed-ed"], "0");
        Assert.Equal((false, 404), (none.Found, none.StatusCode));
        Assert.Empty(none.Results);
        var offered = Exported.Intro with { Level = MergeLevel.Button };
        Assert.Equal(404, AniSkipAnswer.Of([offered], ["op"], "0").StatusCode);
    }

    [Fact]
    public void SponsorBlock_is_answered_under_every_prefix_of_the_keys_hash()
    {
        Assert.Equal(KeyHash, SponsorBlockAnswer.HashOf(Exported.Key));
        foreach (var length in new[] { 4, 7, 32 })
        {
            var video = Assert.Single(SponsorBlockAnswer.Of(KeyHash[..length], Exported.All, ["intro", "preview"]));
            Assert.Equal((Exported.Key, KeyHash), (video.VideoId, video.Hash));
            Assert.Equal(["preview", "intro"], video.Segments.Select(s => s.Category));
        }

        Assert.Empty(SponsorBlockAnswer.Of("0000", Exported.All, ["intro"]));
        Assert.Empty(SponsorBlockAnswer.Of(KeyHash[..4], Exported.All, ["sponsor"]));
        var certain = Exported.Offered with { Level = MergeLevel.AutoSkip };
        Assert.Equal("sponsor", SponsorBlockAnswer.Of(KeyHash[..4], [certain], ["sponsor"])[0].Segments[0].Category);
    }

    [Fact]
    public void SponsorBlocks_json_is_spelled_as_its_server_does()
    {
        var json = SponsorBlockAnswer.ToJson(SponsorBlockAnswer.Of(KeyHash[..4], Exported.All, ["outro"]));
        var id = (string?)JsonNode.Parse(json)![0]!["segments"]![0]!["UUID"];
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal(
            ("[{'videoID':'" + Exported.Key + "','hash':'" + KeyHash + "','segments':[{'segment':[1330,1420.1],'UUID':'"
                + id + "','category':'outro','videoDuration':1420.1,'actionType':'skip','locked':0,'votes':0,"
                + "'description':''}]}]").Replace('\'', '"'),
            json);
        Assert.Equal("[]", SponsorBlockAnswer.ToJson([]));
    }

    [Theory]
    [InlineData("abcd", "abcd")]
    [InlineData("ABCDEF0123", "abcdef0123")]
    [InlineData("abc", null)]
    [InlineData("abcdef0123456789abcdef0123456789a", null)]
    [InlineData("abcg", null)]
    [InlineData("", null)]
    public void A_prefix_has_4_to_32_hexadecimal_digits(string text, string? prefix) =>
        Assert.Equal(prefix, SponsorBlockAnswer.Prefix(text));

    [Theory]
    [InlineData(null, "", "sponsor")]
    [InlineData(null, "intro,outro", "intro,outro")]
    [InlineData("""["intro","preview"]""", "outro", "intro,preview")]
    [InlineData("[]", "", "")]
    [InlineData("intro", "", null)]
    [InlineData("null", "", null)]
    [InlineData("[null]", "", null)]
    [InlineData("[1]", "", null)]
    public void Categories_are_a_list_or_repeated_and_otherwise_sponsor(string? list, string single, string? expected)
    {
        var singles = single.Length == 0 ? [] : single.Split(',');
        var categories = SponsorBlockAnswer.CategoriesOf(list, singles);
        Assert.Equal(expected, categories is null ? null : string.Join(',', categories));
    }
}
