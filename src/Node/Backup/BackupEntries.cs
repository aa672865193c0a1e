namespace Anarchive.Node;

/// <summary>What a backup holds, by its names in the archive; anything else in one is refused.</summary>
internal static class BackupEntries
{
    public const string Manifest = "manifest.json";
    public const string Database = "node.db";
    public const string NodeKey = "keys/node.key";

    private const string Editions = "editions/";

    /// <summary>Single files of a data directory, where they are there.</summary>
    public static IReadOnlyList<string> Files { get; } = [NodeKey, "keys/recovery.key", "imports.jsonl"];

    /// <summary>True for names that lead to a file of a data directory, and nowhere else.</summary>
    public static bool IsKnown(string name) =>
        name == Database || Files.Contains(name)
        || (name.StartsWith(Editions, StringComparison.Ordinal) && name.EndsWith(".jsonl", StringComparison.Ordinal)
            && name[Editions.Length..^".jsonl".Length].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && !name.Contains("..", StringComparison.Ordinal));
}
