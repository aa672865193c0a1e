using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A disk that refuses one call, or every call from one on, wherever in a node's work that falls.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class NthCallTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>ANARCHIVE_NTH_CALLS=all refuses every single one.</summary>
    [Fact]
    public async Task Whichever_call_is_refused_the_node_stops_cleanly_and_restarts_with_all_it_acknowledged()
    {
        DiskWatch.Need();
        var sample = Environment.GetEnvironmentVariable("ANARCHIVE_NTH_CALLS") ?? "2";
        var said = await DiskWatch.Run(
            NthCallCampaign.Name, _scratch.At("disk"), trace: null, (NthCallCampaign.Sample, sample));
        TestContext.Current.SendDiagnosticMessage("{0}", said);
        Assert.DoesNotContain("FAULT", said, StringComparison.Ordinal);
    }
}
