namespace Anarchive.Hives;

/// <summary>Which rule a payload breaks. A received payload with a fault is inert; our own is not written.</summary>
public enum PayloadFault
{
    None,

    /// <summary>The document is longer than a payload may be.</summary>
    TooLarge,
    AgentId,
    Name,
    Avatar,
    Title,
    Content,
    Url,
    Reason,

    /// <summary>An update that changes nothing.</summary>
    NoChange,
    Voter,
    VoteValue,
    Tally,
    SettingKey,
    SettingValue,
    Subject,
    Action,
    After,
}
