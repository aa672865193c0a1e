using System.Diagnostics.Metrics;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Meters in the text that Prometheus reads.</summary>
public sealed class PrometheusTextTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PrometheusText _text;
    private readonly Meter _meter;

    public PrometheusTextTests()
    {
        _text = new PrometheusText(Meters(_services));
        _meter = Meters(_services).Create("Anarchive.Test");
    }

    public async ValueTask InitializeAsync() => await _text.StartAsync(TestContext.Current.CancellationToken);

    [Fact]
    public void A_counter_adds_up_and_shows_before_its_first_increase()
    {
        var counter = _meter.CreateCounter<long>("anarchive.test.seen", "{event}", "What was seen.");
        Assert.Contains("# HELP anarchive_test_seen_total What was seen.\n", _text.Write());
        Assert.Contains("# TYPE anarchive_test_seen_total counter\nanarchive_test_seen_total 0\n", _text.Write());
        counter.Add(2);
        counter.Add(3);
        Assert.Contains("\nanarchive_test_seen_total 5\n", _text.Write());
    }

    [Fact]
    public void A_gauge_shows_what_is_so_when_it_is_read_and_forgets_what_is_no_longer()
    {
        var states = new List<string> { "up", "down" };
        _meter.CreateObservableGauge("anarchive.test.size", () => states.Select(s => new Measurement<long>(
            s.Length, KeyValuePair.Create<string, object?>("state", s))), "By", "Size.");
        Assert.Contains("# TYPE anarchive_test_size_bytes gauge\n", _text.Write());
        Assert.Contains("anarchive_test_size_bytes{state=\"down\"} 4\n", _text.Write());
        states.Remove("down");
        Assert.DoesNotContain("down", _text.Write());
    }

    [Fact]
    public void Counters_count_while_a_gauge_is_read()
    {
        var counter = _meter.CreateCounter<long>("anarchive.test.seen");
        // What the gauge looks at is held by a thread that counts before it lets go.
        _meter.CreateObservableGauge("anarchive.test.free", () =>
        {
            var counting = new Thread(() => counter.Add(1));
            counting.Start();
            return counting.Join(TimeSpan.FromSeconds(10)) ? 1 : 0;
        });
        Assert.Contains("\nanarchive_test_free 1\n", _text.Write());
    }

    [Fact]
    public void A_gauge_that_fails_takes_no_other_with_it()
    {
        _meter.CreateObservableGauge("anarchive.test.a", () => 1);
        _meter.CreateObservableGauge<int>(
            "anarchive.test.b", (Func<int>)(() => throw new IOException("Gone.")));
        _meter.CreateObservableGauge("anarchive.test.c", () => 3);
        var text = _text.Write();
        Assert.Contains("\nanarchive_test_a 1\n", text);
        Assert.DoesNotContain("\nanarchive_test_b ", text);
        Assert.Contains("\nanarchive_test_c 3\n", text);
    }

    [Fact]
    public void What_would_end_a_label_or_a_line_is_escaped()
    {
        _meter.CreateCounter<long>("anarchive.test.odd", null, "a\nb\\c")
            .Add(1, KeyValuePair.Create<string, object?>("code", "x\"y\\z\nw"));
        var text = _text.Write();
        Assert.Contains("# HELP anarchive_test_odd_total a\\nb\\\\c\n", text);
        Assert.Contains("anarchive_test_odd_total{code=\"x\\\"y\\\\z\\nw\"} 1\n", text);
    }

    [Fact]
    public void Another_nodes_meters_and_those_of_the_framework_are_left_out()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Meters(other).Create("Anarchive.Test").CreateCounter<long>("anarchive.test.foreign").Add(1);
        Meters(_services).Create("Microsoft.Test").CreateCounter<long>("microsoft.test.seen").Add(1);
        Assert.Equal("", _text.Write());
    }

    public ValueTask DisposeAsync()
    {
        _text.Dispose();
        _meter.Dispose();
        return _services.DisposeAsync();
    }

    private static IMeterFactory Meters(ServiceProvider services) => services.GetRequiredService<IMeterFactory>();
}
