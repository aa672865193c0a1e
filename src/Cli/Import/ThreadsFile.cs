using System.Text.Json;
using System.Text.Json.Nodes;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Cli;

/// <summary>A message ready to be written: a post where <paramref name="Parent"/> is null, otherwise a reply.</summary>
internal sealed record ReadyMessage(int Line, string Key, string? Parent, string Author, string Title, string Content);

/// <summary>Why a line cannot be imported.</summary>
internal sealed record BadLine(int Line, string Code)
{
    public JsonObject ToJson() => new() { ["line"] = Line, ["code"] = Code };
}

/// <summary>
/// Reads a whole threads file and judges every line before anything is written, so that a bad line near the end
/// leaves no half-imported thread behind.
/// </summary>
internal static class ThreadsFile
{
    // Generous for plain text, and bounds what one line can make us hold.
    private const int LineBytesMax = 1024 * 1024;
    private const int MessagesMax = 1_000_000;
    private const int IdCharsMax = 200;

    // The payload also holds the agent, the title and the members' names.
    private const int TextBytesMax = Limits.PayloadBytesMax - 4 * 1024;

    private static readonly DateTimeOffset LastTime = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static (IReadOnlyList<ReadyMessage> Messages, IReadOnlyList<BadLine> Bad) Read(TextReader file)
    {
        var messages = new Dictionary<string, (int Line, ThreadMessage Message)>(StringComparer.Ordinal);
        var order = new List<string>();
        var bad = new List<BadLine>();
        for (var line = 1; file.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            var (message, code) = Parse(text);
            code ??= order.Count == MessagesMax ? "too_many" : Judge(message!);
            if (code is null && !messages.TryAdd(message!.Id, (line, message))) code = "duplicate_id";
            if (code is null) order.Add(message!.Id);
            else bad.Add(new BadLine(line, code));
        }

        foreach (var id in Circles(messages)) bad.Add(new BadLine(messages[id].Line, "parent_circle"));
        if (bad.Count > 0) return ([], [.. bad.OrderBy(b => b.Line)]);
        var ready = order.Select(id => Ready(messages[id].Line, messages[id].Message, messages)).ToArray();
        bad.AddRange(ready.Where(m => IsTooLarge(m.Content)).Select(m => new BadLine(m.Line, "too_large")));
        return bad.Count > 0 ? ([], bad) : (ready, bad);
    }

    private static (ThreadMessage? Message, string? Code) Parse(string text)
    {
        if (text.Length > LineBytesMax) return (null, "line_too_long");
        try
        {
            return JsonSerializer.Deserialize(text, ThreadsJson.Default.ThreadMessage) is { } message
                ? (message, null)
                : (null, "bad_json");
        }
        catch (JsonException)
        {
            return (null, "bad_json");
        }
    }

    private static string? Judge(ThreadMessage message)
    {
        if (message.Id.Length is 0 or > IdCharsMax) return "bad_id";
        if (HiveText.ToLine(message.Author, HiveLimits.NameCharsMax).Length == 0) return "bad_author";
        if (message.Ts < 0 || message.Ts > LastTime.ToUnixTimeSeconds()) return "bad_time";
        return string.IsNullOrWhiteSpace(message.Body) && string.IsNullOrWhiteSpace(message.Subject) ? "empty" : null;
    }

    private static ReadyMessage Ready(
        int line, ThreadMessage message, Dictionary<string, (int Line, ThreadMessage Message)> all)
    {
        var title = HiveText.ToLine(message.Subject, HiveLimits.TitleCharsMax);
        return new ReadyMessage(
            line,
            message.Id,
            message.Parent is { } parent && all.ContainsKey(parent) ? parent : null,
            HiveText.ToLine(message.Author, HiveLimits.NameCharsMax),
            title.Length > 0 ? title : "(no subject)",
            MailText.ToMarkdown(message));
    }

    /// <summary>Measured as the payload holds it: escaped JSON.</summary>
    private static bool IsTooLarge(string content) =>
        JsonEncodedText.Encode(content, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
            .EncodedUtf8Bytes.Length > TextBytesMax;

    /// <summary>Messages that are their own ancestors. Each chain of parents is walked once.</summary>
    private static IEnumerable<string> Circles(Dictionary<string, (int Line, ThreadMessage Message)> messages)
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in messages.Keys)
        {
            var walked = new List<string>();
            var onWalk = new HashSet<string>(StringComparer.Ordinal);
            var at = start;
            while (at is not null && messages.ContainsKey(at) && !settled.Contains(at) && onWalk.Add(at))
            {
                walked.Add(at);
                at = messages[at].Message.Parent;
            }

            if (at is not null && onWalk.Contains(at))
                foreach (var id in walked.SkipWhile(id => id != at)) yield return id;
            settled.UnionWith(walked);
        }
    }
}
