using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How the log stands on stderr: one entry a line, for people or for programs.</summary>
internal static class LogLines
{
    private const int FramesMax = 8;

    public static string Text(LogEntry entry)
    {
        var cause = entry.Cause is null ? "" : $" | {entry.Cause}";
        var head = $"{Time(entry)} {Name(entry.Level)} {LogLevels.Name(entry.Area)} {entry.EventId}";
        return $"{head}: {entry.Message}{cause}";
    }

    public static string Json(LogEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time", Time(entry));
            json.WriteString("level", Name(entry.Level));
            json.WriteString("area", LogLevels.Name(entry.Area));
            json.WriteNumber("event_id", entry.EventId);
            json.WriteString("message", entry.Message);
            if (entry.Cause is not null) json.WriteString("cause", entry.Cause);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>One line: what a peer sent cannot look like an entry of its own.</summary>
    public static string OneLine(string message) =>
        message.Any(char.IsControl)
            ? string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c))
            : message;

    /// <summary>
    /// Types, system codes and methods, outermost first. A message of the system names the path it was about, so it
    /// is left out.
    /// </summary>
    public static string Cause(Exception exception)
    {
        var text = new StringBuilder();
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (text.Length > 0) text.Append(" < ");
            text.Append(CultureInfo.InvariantCulture, $"{at.GetType().Name} 0x{at.HResult:x8}");
            foreach (var frame in new StackTrace(at, fNeedFileInfo: false).GetFrames().Take(FramesMax))
                if (frame.GetMethod() is { } method)
                    text.Append(CultureInfo.InvariantCulture, $" at {method.DeclaringType?.Name}.{method.Name}");
        }

        return text.ToString();
    }

    public static string Name(LogLevel level) => KnownSettings.NameOf(level);

    private static string Time(LogEntry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(entry.TimeMs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
