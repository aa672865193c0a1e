using System.Text.Json.Nodes;

namespace Anarchive.Benchmarks;

/// <summary>What was asked of a run.</summary>
internal sealed record Settings(int Events, int Runs, Action<string> Log);

/// <summary>A benchmark's figures: one document, one sentence.</summary>
internal sealed record Report(JsonObject Document, string Sentence);

/// <summary>A temporary directory that goes away with its contents.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("anarchive-bench-");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}

/// <summary>Sorted samples.</summary>
internal static class Samples
{
    public static double Median(this IEnumerable<double> samples) => samples.At(0.5);

    /// <summary>The smallest sample that is not below the given share of all samples.</summary>
    public static double At(this IEnumerable<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Milliseconds at the shares people ask for.</summary>
    public static JsonObject ToJson(IReadOnlyCollection<double> samples) => new()
    {
        ["samples"] = samples.Count,
        ["p50Ms"] = Math.Round(samples.At(0.5), 2),
        ["p95Ms"] = Math.Round(samples.At(0.95), 2),
        ["p99Ms"] = Math.Round(samples.At(0.99), 2),
        ["maxMs"] = Math.Round(samples.Max(), 2),
    };
}
