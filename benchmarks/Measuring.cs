using System.Text.Json.Nodes;

namespace Anarchive.Benchmarks;

/// <summary>What was asked of a run; what is null is the benchmark's to choose.</summary>
internal sealed record Settings(int? Events, int Runs, double Minutes, string? Home, Action<string> Log)
{
    /// <summary>Of a plan.</summary>
    public int? Items { get; init; }

    /// <summary>Of a plan.</summary>
    public int? Devices { get; init; }

    /// <summary>Enough for a rate, and soon done.</summary>
    public const int EventsUsually = 200_000;
}

/// <summary>A benchmark's figures: one document, one sentence.</summary>
internal sealed record Report(JsonObject Document, string Sentence);

/// <summary>A temporary directory that goes away with its contents.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("anarchive-bench-");

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
