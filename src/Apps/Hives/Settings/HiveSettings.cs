namespace Anarchive.Hives;

/// <summary>Payload of <c>hive_setting_changed</c>.</summary>
/// <param name="AgentId">Who acts: an agent of the event's origin.</param>
/// <param name="Key">1 to 48 characters of <c>[a-z0-9_]</c>; unknown keys are kept for later versions.</param>
/// <param name="Value">At most 4,000 characters.</param>
public sealed record HiveSettingChanged(string AgentId, string Key, string Value) : IHivePayload;

/// <summary>Settings this version gives a meaning. Their first values stand in genesis.</summary>
public static class HiveSettings
{
    public const string Title = "title";

    public const string Description = "description";

    /// <summary>Whole days that posts and comments stay; empty or 0: for ever. The owner's node deletes.</summary>
    public const string RetentionDays = "retention_days";

    /// <summary><c>true</c>: anybody with the link may read the hive. Only the owner's word counts.</summary>
    public const string PublicRead = "public_read";

    /// <summary>How a setting says yes.</summary>
    public const string IsOn = "true";

    /// <summary>How a setting says no; so does an empty one.</summary>
    public const string IsOff = "false";
}
