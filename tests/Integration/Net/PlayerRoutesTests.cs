using System.Net;
using System.Text.Json;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What players are told, and by which address alone.</summary>
public sealed class PlayerRoutesTests : IAsyncLifetime
{
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await LiveNode.Start();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task An_episode_is_answered_by_the_file_that_is_it_and_only_with_what_may_be_skipped_alone()
    {
        await Observe(
            NetSamples.Intro(67_700, 158_200) with { Method = Method.Manual, Conf = 100 },
            NetSamples.Intro(300_000, 330_000) with { Type = MarkerType.Recap, Method = Method.Blackframe },
            new GroupingObserved(
                "grouping", 1, [NetSamples.Key], Method.Manual, "test", 100, 490_000, ["work:mal:20"],
                GroupingKind.Episode, 1, [3]));
        var at = "/compat/" + await _node.Get<ReadToken>().CurrentAsync(Cancellation);
        var (status, body) = await Get(at + "/aniskip/v2/skip-times/20/3?types=op&types=recap&episodeLength=0");
        Assert.Equal(HttpStatusCode.OK, status);
        using var answer = JsonDocument.Parse(body);
        var time = Assert.Single(answer.RootElement.GetProperty("results").EnumerateArray());
        Assert.Equal("op", time.GetProperty("skipType").GetString());
        Assert.Equal(67.7m, time.GetProperty("interval").GetProperty("startTime").GetDecimal());
        Assert.Equal(158.2m, time.GetProperty("interval").GetProperty("endTime").GetDecimal());

        var hash = SponsorBlockAnswer.HashOf(NetSamples.Key);
        var (found, videos) = await Get($"{at}/sponsorblock/api/skipSegments/{hash[..4]}?categories=[\"intro\"]");
        Assert.Equal(HttpStatusCode.OK, found);
        Assert.Contains("\"segment\":[67.7,158.2]", videos);
        // A film of another length is another cut: nothing is skipped in it.
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Get(at + "/aniskip/v2/skip-times/20/3?types=op&episodeLength=1500")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(at + "/aniskip/v2/skip-times/20/4?types=op")).Status);
    }

    [Fact]
    public async Task Without_the_token_in_force_there_is_nothing()
    {
        await Observe(NetSamples.Intro(67_700, 158_200) with { Method = Method.Manual });
        var token = await _node.Get<ReadToken>().CurrentAsync(Cancellation);
        var prefix = SponsorBlockAnswer.HashOf(NetSamples.Key)[..4];
        string Path(string shown) => $"/compat/{shown}/sponsorblock/api/skipSegments/{prefix}?category=intro";
        Assert.Equal(HttpStatusCode.OK, (await Get(Path(token))).Status);
        var wrong = await Get(Path(new string('0', token.Length)));
        Assert.Equal(await Get("/compat/nowhere"), wrong);
        Assert.NotEqual(token, await _node.Get<ReadToken>().RenewAsync(Cancellation));
        Assert.Equal(wrong, await Get(Path(token)));
    }

    private async Task Observe(params IObservation[] observations)
    {
        await _node.See();
        var (taken, problem) = await _node.Get<PartActs>().ObserveAsync(observations, isOpen: true, Cancellation);
        Assert.Null(problem);
        Assert.Equal(observations.Length, taken);
    }

    private async Task<(HttpStatusCode Status, string Body)> Get(string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(_node.Address, path), Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
