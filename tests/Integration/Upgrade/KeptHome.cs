using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Anarchive.Tests.Integration;

/// <summary>A data directory that a program of an earlier version left behind, and what it said of its hive.</summary>
internal sealed class KeptHome
{
    private KeptHome(string directory)
    {
        Directory = Path.Combine(directory, "home");
        var digest = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "digest.json")))!["groups"]!.AsArray();
        var hive = digest.Single()!;
        (State, Events) = ((string)hive["stateDigest"]!, (long)hive["events"]!);
    }

    public static IEnumerable<int> Versions => Kept.Select(VersionOf).Order();

    public string Directory { get; }

    public string Database => Path.Combine(Directory, "node.db");

    public string State { get; }

    public long Events { get; }

    private static string[] Kept => System.IO.Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "Upgrade"), "version-*.tar.gz");

    /// <summary>Unpacks the one of a version.</summary>
    public static KeptHome Unpack(int version, string into)
    {
        System.IO.Directory.CreateDirectory(into);
        using var packed = new GZipStream(
            File.OpenRead(Kept.Single(file => VersionOf(file) == version)), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(packed, into, overwriteFiles: false);
        return new KeptHome(into);
    }

    private static int VersionOf(string file) =>
        int.Parse(Path.GetFileName(file)["version-".Length..^".tar.gz".Length], CultureInfo.InvariantCulture);
}
