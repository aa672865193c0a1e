using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>How a group says which part it holds: in its genesis, for ever.</summary>
internal static class PartNaming
{
    private const string Key = "part";

    /// <summary>True for the rings that Net's groups are in: what such a group is, only its genesis proves.</summary>
    public static bool IsRing(string? ring) => ring is FriendsRing.Name or NetworkRing.Name;

    /// <summary>Null before the genesis is here, and for other groups.</summary>
    public static string? PartName(this Authority authority) =>
        authority.Genesis is { GroupKind: NetApp.GroupKind } genesis
            && genesis.Settings.TryGetValue(Key, out var part) && NetApp.Parts.Contains(part)
            ? part
            : null;

    /// <summary>The genesis of a fleet's group for a part.</summary>
    public static byte[] Genesis(string part, string ring, IReadOnlyList<KeyStatement> keys) =>
        EngineKinds.Write(new GroupCreated(
            NetApp.GroupKind, ring, "per_agent", ModeratorsAdmit: false, [], 1,
            new Dictionary<string, string> { [Key] = part }, keys));
}
