using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive net observe FILE|KEY</c>: where a person saw an intro, an outro or the like.</summary>
internal static class NetObserve
{
    private const string Net = "/api/v1/net/";
    private const string ToTheEnd = "end";

    private static readonly Argument<string> About = new("file|key")
    {
        Description = "A film or episode on this machine, or the content key of one that the node has seen.",
    };

    private static readonly Option<string> Type = new("--type")
    {
        Description = "intro, recap, outro, preview or commercial.",
        Required = true,
        HelpName = "TYPE",
    };

    private static readonly Option<string?> Start = new("--start")
    {
        Description = "Where it starts: 1:07.9, 1:02:03.4 or 67.9 (seconds).",
        HelpName = "TIME",
    };

    private static readonly Option<string?> End = new("--end")
    {
        Description = "Where it ends, or \"end\": with the file.",
        HelpName = "TIME",
    };

    private static readonly Option<bool> Absent = new("--absent") { Description = "The file has none." };

    private static readonly Option<int> N = new("--n") { Description = "Which of several commercials: 1 to 31." };

    static NetObserve() => Type.AcceptOnlyFromAmong([.. Enum.GetValues<MarkerType>().Select(NameOf)]);

    public static Command Build(Terminal terminal) =>
        new Command("observe", "Say where a file has its intro, outro or the like, or that it has none.")
        {
            About, Type, Start, End, Absent, N,
        }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var bounds = BoundsOf(invocation);
        var about = invocation.Value(About);
        using var node = NodeApi.Open(invocation.Home);
        var isKey = ContentKey.TryParse(about, out var named);
        var (key, durationMs) = isKey
            ? (named.Text, await DurationAsync(node, named.Text, cancellation))
            : await LookAsync(about, cancellation);
        var type = Enum.GetValues<MarkerType>().Single(t => NameOf(t) == invocation.Value(Type));
        if (Math.Max(bounds.StartMs, bounds.EndMs ?? 0) > durationMs)
            throw CliFailure.Refused("bad_time", $"The file is over by then: it ends at {ClockTime.Show(durationMs)}.");
        var marker = new MarkerObserved(
            MarkerObserved.PartName, NetRules.Version, [key], Method.Manual, ObservationDrafts.Tool, 100,
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600, type, invocation.Value(N), bounds.StartMs,
            bounds.EndMs, durationMs, invocation.Value(Absent) ? true : null);
        var observation = JsonNode.Parse(NetPayloads.Element(marker).GetRawText())!;
        await node.PostAsync(Net + "observations", Asked(observation, isKey ? null : about), cancellation);
        return await AnswerAsync(node, marker, observation, cancellation);
    }

    private static JsonObject Asked(JsonNode observation, string? file)
    {
        var asked = new JsonObject
        {
            ["observations"] = new JsonArray(new JsonObject
            {
                ["kind"] = NetApp.MarkerObserved.Name,
                ["observation"] = observation.DeepClone(),
            }),
        };
        if (file is not null) asked["file"] = Path.GetFullPath(file);
        return asked;
    }

    /// <summary>What was taken down, and what follows from everything that is known of it.</summary>
    private static async Task<Answer> AnswerAsync(
        NodeApi node, MarkerObserved marker, JsonNode observation, CancellationToken cancellation)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{Net}merged?key={Uri.EscapeDataString(marker.Key[0])}&duration_ms={marker.DurationMs}");
        var slot = ((JsonObject)await node.GetAsync(path, cancellation)).Array("markers")
            .FirstOrDefault(m => m.Text("type") == NameOf(marker.Type) && m.Number("n") == marker.N);
        var document = new JsonObject
        {
            ["key"] = marker.Key[0],
            ["observation"] = Documents.Camel(observation),
            ["merged"] = Documents.Camel(slot),
        };
        return Answer.Done(
            document,
            $"Noted of {marker.Key[0]}; it is written with the next full hour.",
            slot is null ? "Nothing follows from it yet." : NetExplain.Verdict(slot));
    }

    /// <exception cref="CliFailure">Neither bounds nor --absent, or both; or times that are none.</exception>
    private static (long StartMs, long? EndMs) BoundsOf(Invocation invocation)
    {
        var (start, end) = (invocation.Value(Start), invocation.Value(End));
        if (invocation.Value(Absent))
            return start is null && end is null
                ? (0, 0)
                : throw CliFailure.CannotRun("usage", "What the file has none of starts and ends nowhere.");
        if (start is null || end is null)
            throw CliFailure.CannotRun("usage", "Say where it lies with --start and --end, or --absent.");
        var from = Read(start);
        if (end == ToTheEnd) return (from, null);
        var to = Read(end);
        return from < to ? (from, to) : throw CliFailure.CannotRun("bad_time", "It would end before it starts.");
    }

    private static long Read(string text) => ClockTime.TryRead(text)
        ?? throw CliFailure.CannotRun("bad_time", "A time looks like 1:07.9, 1:02:03.4 or 67.9.");

    private static async Task<long> DurationAsync(NodeApi node, string key, CancellationToken cancellation)
    {
        var known = (JsonObject)await node.GetAsync($"{Net}merged?key={Uri.EscapeDataString(key)}", cancellation);
        return known["duration_ms"] is not null
            ? known.Number("duration_ms")
            : throw CliFailure.Refused("net_private", "This node has seen no file of that key: name the file itself.");
    }

    private static async Task<(string Key, long DurationMs)> LookAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw CliFailure.CannotRun("no_file", "There is no such file, and it is no content key.");
        try
        {
            var key = await MediaFile.OshKeyAsync(path, cancellation)
                ?? throw CliFailure.Refused("no_key", "A file below 128 KiB has no content key.");
            return (key, (await MediaProbe.AskAsync(Path.GetFullPath(path), cancellation)).DurationMs);
        }
        catch (MediaException missing) when (missing.Code == "ffmpeg_missing")
        {
            throw CliFailure.CannotRun("ffmpeg_missing", "ffmpeg is not installed: apt-get install ffmpeg.");
        }
        catch (MediaException unreadable)
        {
            throw CliFailure.Refused(unreadable.Code, unreadable.Message);
        }
    }

    private static string NameOf(MarkerType type) => type.ToString().ToLowerInvariant();
}
