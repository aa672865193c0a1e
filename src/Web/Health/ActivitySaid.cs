using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Words about the log, for pages; what was logged stays as it is.</summary>
internal static class ActivitySaid
{
    public static string Area(LogArea area) => area switch
    {
        LogArea.Storage => T("storage"),
        LogArea.Engine => T("engine"),
        LogArea.Sync => T("sync"),
        LogArea.Hives => T("hives"),
        LogArea.Web => T("web"),
        LogArea.Cli => T("cli"),
        LogArea.Net => T("net"),
        LogArea.Fleet => T("fleet"),
        _ => LogLevels.Name(area),
    };

    public static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => T("trace"),
        LogLevel.Debug => T("debug"),
        LogLevel.Information => T("information"),
        LogLevel.Warning => T("warning"),
        LogLevel.Error => T("error"),
        LogLevel.Critical => T("critical"),
        _ => T("none"),
    };
}
