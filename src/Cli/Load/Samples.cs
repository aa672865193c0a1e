using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>Measured times.</summary>
internal static class Samples
{
    public static double Median(this IEnumerable<double> samples) => samples.At(0.5);

    /// <summary>The smallest sample that is not below the given share of all samples; 0 where there is none.</summary>
    public static double At(this IEnumerable<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0
            ? 0
            : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Milliseconds at the shares people ask for.</summary>
    public static JsonObject ToJson(IReadOnlyCollection<double> samples) => new()
    {
        ["samples"] = samples.Count,
        ["p50Ms"] = Math.Round(samples.At(0.5), 2),
        ["p95Ms"] = Math.Round(samples.At(0.95), 2),
        ["p99Ms"] = Math.Round(samples.At(0.99), 2),
        ["maxMs"] = Math.Round(samples.At(1), 2),
    };
}
