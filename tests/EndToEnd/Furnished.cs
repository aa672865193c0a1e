namespace Anarchive.Tests.EndToEnd;

/// <summary>A node with one of each kind on it, by their names and addresses.</summary>
/// <param name="Hive">Its name.</param>
/// <param name="Thread">The path of a post.</param>
/// <param name="Comment">The path of a comment.</param>
/// <param name="Device">The id of a device without a node.</param>
/// <param name="Item">The id of an item whose file plays nothing.</param>
internal sealed record Furnished(string Hive, string Thread, string Comment, string Device, string Item)
{
    /// <summary>Every page of such a node, each with a name for its picture.</summary>
    public (string Name, string Path)[] Pages =>
    [
        ("library", "/library"), ("library-none", "/library?q=nothing+like+it"),
        ("library-below", "/library?filter=below"), ("watch-unreadable", "/watch/" + Item),
        ("watch-nowhere", "/watch/" + new string('0', 64)),
        ("cache", "/cache"), ("fleet-releases", "/fleet/releases"), ("fleet-item", "/fleet/items/" + Item),
        ("fleet", "/fleet"), ("fleet-custody", "/fleet/custody"), ("fleet-below", "/fleet/custody?below=1"),
        ("fleet-device", "/fleet/devices/" + Device), ("fleet-plan", "/fleet/plan"),
        ("fleet-rules", "/fleet/rules"), ("fleet-folders", "/fleet/folders"), ("fleet-reaper", "/fleet/reaper"),
        ("hives", "/"), ("hive-new", "/hives/new"), ("hive-join", "/hives/join"), ("feed", "/h/" + Hive),
        ("post-new", $"/h/{Hive}/post"), ("thread", Thread), ("comment", Comment),
        ("comment-edit", Comment + "/edit"), ("comment-delete", Comment + "/delete"),
        ("hive-settings", $"/h/{Hive}/settings"), ("hive-moderation", $"/h/{Hive}/moderation"),
        ("hive-nodes", $"/h/{Hive}/nodes"),
        ("search", "/search?q=splicer"), ("mesh", "/mesh"),
        ("pair", "/pair"), ("hub-off", "/hub"), ("net", "/net"),
        ("net-part", "/net/parts/intro-markers"), ("net-report", "/net/parts/signal"),
        ("net-editions-empty", "/net/editions"),
        ("net-subscriptions-empty", "/net/subscriptions"),
        ("net-key", "/net/key?key=osh:8e245d9679d31e12:12909756"), ("settings", "/settings"),
        ("health", "/health"), ("activity", "/activity"), ("backup", "/backup"), ("styleguide", "/styleguide"),
        ("access", "/settings/access"), ("key", "/settings/key"), ("key-words", "/settings/key/words"),
        ("welcome", "/welcome"),
        ("welcome-passphrase", "/welcome/passphrase"), ("welcome-key", "/welcome/key"),
        ("welcome-fleet", "/welcome/fleet"), ("welcome-peer", "/welcome/peer"),
        ("not-here", "/nowhere"),
    ];
}
