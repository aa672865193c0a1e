using Anarchive.Log;

namespace Anarchive.Web;

/// <summary>What pages call things that have a name of their own in documents.</summary>
internal static class MeshWords
{
    public static string Ring(string ring) => ring switch
    {
        "fleet" => T("fleet"),
        "friends" => T("friends"),
        "members" => T("members"),
        "network" => T("network"),
        _ => ring,
    };

    /// <summary>Who named an address.</summary>
    public static string Source(string source) => source switch
    {
        "manual" => T("manual"),
        "self" => T("self"),
        "hub" => T("hub"),
        "gossip" => T("gossip"),
        _ => source,
    };

    public static string Kind(InviteKind kind) => kind switch
    {
        InviteKind.Device => T("device"),
        InviteKind.Friend => T("friend"),
        _ => T("member"),
    };

    public static string LetInAs(InviteKind kind) => kind switch
    {
        InviteKind.Device => T("Let in as device"),
        InviteKind.Friend => T("Let in as friend"),
        _ => T("Let in as member"),
    };
}
