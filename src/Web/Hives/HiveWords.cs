using Anarchive.Hives;

namespace Anarchive.Web;

/// <summary>What pages call things that have a name of their own in documents.</summary>
internal static class HiveWords
{
    public static string Role(string role) => role switch
    {
        "owner" => T("owner"),
        "moderator" => T("moderator"),
        "member" => T("member"),
        "banned" => T("banned"),
        _ => role,
    };

    /// <summary>A setting; those of later versions are called by their keys.</summary>
    public static string Setting(string key) => key switch
    {
        HiveSettings.Title => T("title"),
        HiveSettings.Description => T("description"),
        HiveSettings.RetentionDays => T("retention days"),
        HiveSettings.PublicRead => T("public read"),
        _ => key.Replace('_', ' '),
    };
}
