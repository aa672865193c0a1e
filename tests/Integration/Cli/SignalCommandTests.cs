using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An aggregator's owner and a household's, each at a command line.</summary>
public sealed class SignalCommandTests : IAsyncLifetime
{
    private const string Label =
        "The aggregator can read your report. You trust it to publish totals only and delete the rest.";

    private readonly TemporaryDirectory _scratch = new();
    private NodeAtWork _aggregator = null!;
    private NodeAtWork _household = null!;

    public async ValueTask InitializeAsync()
    {
        _aggregator = await new NodeAtWork(_scratch.At("aggregator")).Start();
        _household = await new NodeAtWork(_scratch.At("household")).Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _aggregator.DisposeAsync();
        await _household.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_household_is_enrolled_agrees_to_the_label_and_leaves()
    {
        Assert.False((bool)(await _aggregator.Done("net", "aggregator", "list"))["running"]!);
        Assert.True((bool)(await _aggregator.Done("net", "aggregator", "start"))["running"]!);
        var text = (string)(await _aggregator.Done("net", "aggregator", "enrol", "Ada's"))["text"]!;
        Assert.Equal("household_taken", (await _aggregator.Run("net", "aggregator", "enrol", "Ada's", "--json")).Code);
        var listed = await _aggregator.Done("net", "aggregator", "list");
        Assert.Equal("Ada's", (string?)Assert.Single((JsonArray)listed["households"]!)!["name"]);

        Assert.Contains(Label, (await _household.Run("net", "report", "show")).Results);
        Assert.Contains(Label, (await _household.Run("net", "parts")).Results);
        var asked = await _household.Run("net", "report", "join", text, "--json");
        Assert.Equal((1, "notice_required"), (asked.Exit, asked.Code));
        Assert.Contains(Label, asked.Results);
        Assert.False((bool)(await _household.Done("net", "report", "show"))["on"]!);
        var joined = await _household.Done("net", "report", "join", text, "--agree");
        Assert.Equal(await _aggregator.Id(), (string?)joined["aggregator"]);
        Assert.Equal("net_private", await Added("work:mal:21/1/1", "finished"));
        Assert.Equal("bad_metric", await Added("work:mal:21/1/1", "loved"));
        await _household.Done("net", "report", "leave");
        Assert.Equal("reporting_off", await Added("work:mal:21/1/1", "finished"));
        Assert.Equal("not_found", (await _household.Run("net", "report", "leave", "--json")).Code);

        await _aggregator.Done("net", "aggregator", "remove", "Ada's");
        Assert.Equal("not_found", (await _aggregator.Run("net", "aggregator", "remove", "Ada's", "--json")).Code);
        Assert.False((bool)(await _aggregator.Done("net", "aggregator", "stop"))["running"]!);
    }

    private async Task<string?> Added(string key, string metric) =>
        (await _household.Run("net", "report", "add", key, metric, "--json")).Code;
}
