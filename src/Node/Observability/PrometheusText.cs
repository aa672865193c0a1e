using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>This node's meters in Prometheus' text format, version 0.0.4.</summary>
/// <remarks>
/// Counters add up from the start on; gauges are read when asked for. Several nodes in one process each see their own
/// meters only.
/// </remarks>
public sealed class PrometheusText : IHostedService, IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();

    /// <param name="state">Here, as the next, so that its gauges exist.</param>
    public PrometheusText(IMeterFactory meters, StateMeters state, ProcessMeters process)
        : this(meters)
    {
        _ = (state, process);
    }

    internal PrometheusText(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meters)) return;
            if (!instrument.Meter.Name.StartsWith("Anarchive.", StringComparison.Ordinal)) return;
            var series = new Series(instrument);
            lock (_lock) _series[series.Name] = series;
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(value, tags, state));
    }

    /// <summary>Counters add up from here on.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A gauge that fails is left out; the others are told.</summary>
    public string Write()
    {
        lock (_writing)
        {
            lock (_lock)
                foreach (var series in _series.Values) series.ForgetGauges();
            try
            {
                // Gauges look at what other threads hold while they count, so the counters' lock stays free.
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // Thrown once all gauges were asked: those that failed have no value now, which says enough.
            }

            var text = new StringBuilder();
            lock (_lock)
                foreach (var series in _series.Values) series.Write(text);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_lock) ((Series)state!).Take(value, tags);
    }

    /// <summary>One instrument, with a value per set of tags.</summary>
    private sealed class Series
    {
        private readonly Instrument _instrument;
        private readonly bool _isCounter;
        private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);

        public Series(Instrument instrument)
        {
            _instrument = instrument;
            _isCounter = instrument is Counter<long> or Counter<int> or Counter<double>;
            var unit = instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
            Name = instrument.Name.Replace('.', '_') + unit + (_isCounter ? "_total" : "");
            // A counter without tags is told from the start, so that its first increase shows.
            if (_isCounter && instrument.Tags is null) _values[""] = 0;
        }

        public string Name { get; }

        public void ForgetGauges()
        {
            if (!_isCounter) _values.Clear();
        }

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = Labels(tags);
            if (labels.Length > 0) _values.Remove("");
            _values[labels] = _isCounter ? _values.GetValueOrDefault(labels) + value : value;
        }

        public void Write(StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {Escape(_instrument.Description ?? "")}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {(_isCounter ? "counter" : "gauge")}\n");
            foreach (var (labels, value) in _values)
                text.Append(CultureInfo.InvariantCulture, $"{Name}{labels} {value:R}\n");
        }

        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty) return "";
            var labels = new List<string>();
            foreach (var (name, value) in tags)
            {
                var text = Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                    .Replace("\"", "\\\"", StringComparison.Ordinal);
                labels.Add($"{name}=\"{text}\"");
            }

            return $"{{{string.Join(',', labels)}}}";
        }

        private static string Escape(string text) =>
            text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
