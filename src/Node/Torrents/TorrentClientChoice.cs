namespace Anarchive.Node;

/// <summary>Which torrent client the owner chose.</summary>
/// <param name="Kind">One of <c>transmission</c>, <c>qbittorrent</c>, <c>aria2</c>.</param>
/// <param name="Address">Null for a transmission-daemon that this node starts.</param>
public sealed record TorrentClientChoice(string Kind, Uri? Address, string? User, string? Password)
{
    /// <summary>True where the client is this node's own child.</summary>
    public bool IsOwn => Address is null;

    /// <summary>
    /// Reads <c>transmission</c>, or an address as <c>qbittorrent+http://USER:PASSWORD@127.0.0.1:8080</c>; null for
    /// anything else.
    /// </summary>
    /// <remarks>On this machine only, for clients speak plain HTTP and read files by their paths.</remarks>
    public static TorrentClientChoice? TryParse(string? text)
    {
        if (text == "transmission") return new TorrentClientChoice(text, null, null, null);
        if (text?.Split('+', 2) is not [("transmission" or "qbittorrent" or "aria2") and var kind, var rest])
            return null;
        if (!Uri.TryCreate(rest, UriKind.Absolute, out var url)
            || url is not { Scheme: "http", IsLoopback: true, Query: "", Fragment: "" })
            return null;
        var login = url.UserInfo.Split(':', 2);
        var path = (kind, url.AbsolutePath) switch
        {
            ("transmission", "/") => "/transmission/rpc",
            ("aria2", "/") => "/jsonrpc",
            (_, var given) => given,
        };
        return new TorrentClientChoice(
            kind,
            new UriBuilder(url) { UserName = "", Password = "", Path = path }.Uri,
            url.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(login[0]),
            login.Length == 2 ? Uri.UnescapeDataString(login[1]) : null);
    }

    /// <summary>The client behind an address; the caller disposes it.</summary>
    public ITorrentClient Open()
    {
        var address = Address ?? throw new InvalidOperationException("This client is to be started.");
        return Kind switch
        {
            "transmission" => new TransmissionRpc(address, User, Password),
            "qbittorrent" => new QBittorrentApi(address, User, Password),
            // aria2 knows a secret and no names: what stands where a password does.
            _ => new Aria2Rpc(address, Password),
        };
    }
}
