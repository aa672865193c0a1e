using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The addresses of pages, and short texts that stand for posts.</summary>
internal static class Links
{
    public static string Hive(string name) => "/h/" + Uri.EscapeDataString(name);

    public static string Moderation(string hive) => Hive(hive) + "/moderation";

    public static string Nodes(string hive) => Hive(hive) + "/nodes";

    public static string Node(string hive, NodeId node) => $"{Nodes(hive)}/{node}";

    public static string Post(string id) => "/p/" + Uri.EscapeDataString(id);

    public static string Comment(string id) => "/c/" + Uri.EscapeDataString(id);

    /// <summary>True for an invite that a node on another machine cannot follow.</summary>
    public static bool IsForThisMachine(string? invite) =>
        InviteText.TryParse(invite, out _) is { Endpoint.IsEncrypted: false };

    public static string Title(PostView post) => post switch
    {
        { Hidden: true } => T("Hidden by a moderator"),
        { Text: TextState.Deleted } => T("Deleted post"),
        { Title: { Length: > 0 } title } => title,
        _ => T("A post whose text is on its way"),
    };
}
