using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What a log message is about; the thousand of its event id says so.</summary>
public enum LogArea
{
    Storage = 1,
    Engine,
    Sync,
    Hives,
    Web,
    Cli,
    Net,
    Fleet,
}

/// <summary>How grave a message must be to be kept, per area. Changes take effect with the next message.</summary>
/// <remarks>Safe on any thread; a change may be seen a moment late.</remarks>
public sealed class LogLevels
{
    private readonly LogLevel[] _levels = new LogLevel[Areas.Count];
    private volatile LogLevel _lowest;

    public LogLevels(LogLevel everywhere) => Set(null, everywhere);

    public static IReadOnlyList<LogArea> Areas { get; } = Enum.GetValues<LogArea>();

    /// <summary>The level of the area that says most.</summary>
    public LogLevel Lowest => _lowest;

    /// <summary>The area of an event id; the framework's own messages are the web's.</summary>
    public static LogArea AreaOf(string category, EventId id) =>
        category.StartsWith("Anarchive.", StringComparison.Ordinal) && Enum.IsDefined((LogArea)(id.Id / 1000))
            ? (LogArea)(id.Id / 1000)
            : LogArea.Web;

    public static string Name(LogArea area) => area switch
    {
        LogArea.Storage => "storage",
        LogArea.Engine => "engine",
        LogArea.Sync => "sync",
        LogArea.Hives => "hives",
        LogArea.Web => "web",
        LogArea.Cli => "cli",
        LogArea.Net => "net",
        LogArea.Fleet => "fleet",
        _ => throw new ArgumentOutOfRangeException(nameof(area)),
    };

    /// <summary>Null for another word.</summary>
    public static LogArea? Area(string name) =>
        Areas.Select(a => (LogArea?)a).FirstOrDefault(a => Name(a!.Value) == name);

    public LogLevel Of(LogArea area) => _levels[(int)area - 1];

    /// <param name="area">Null for all of them.</param>
    public void Set(LogArea? area, LogLevel level)
    {
        foreach (var each in Areas)
            if (area is null || area == each) _levels[(int)each - 1] = level;
        _lowest = Areas.Min(Of);
    }
}
