using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>
/// Which messages of earlier imports became which posts and comments: one appended line each, in the data directory.
/// Importing a file again skips what is listed here.
/// </summary>
internal sealed class ImportLedger : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly string _group;

    private ImportLedger(StreamWriter writer, string group) => (_writer, _group) = (writer, group);

    /// <summary>Opens the ledger and reads what earlier imports wrote into this group.</summary>
    public static ImportLedger Open(Home home, string group, IDictionary<string, string> placed)
    {
        if (File.Exists(home.ImportsFile))
            foreach (var line in File.ReadLines(home.ImportsFile)) Read(line, group, placed);
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new ImportLedger(new StreamWriter(home.ImportsFile, options), group);
    }

    public void Add(string message, string id) =>
        _writer.WriteLine(new JsonObject { ["group"] = _group, ["message"] = message, ["id"] = id }.ToJsonString());

    public void Flush() => _writer.Flush();

    public void Dispose() => _writer.Dispose();

    private static void Read(string line, string group, IDictionary<string, string> placed)
    {
        try
        {
            if (JsonNode.Parse(line) is JsonObject entry && entry.Text("group") == group
                && entry.Text("message") is { } message && entry.Text("id") is { } id)
                placed[message] = id;
        }
        catch (JsonException)
        {
            // The last line of an import that was killed; its message is imported again.
        }
    }
}
