using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A hub to use: where it is, whose key must answer there, and perhaps a key that it admits.</summary>
/// <remarks><c>https://host:port#an1…</c>, or <c>https://host:port#an1…/ahk1…</c> with a pre-auth key.</remarks>
public sealed record HubAddress(Endpoint Endpoint, NodeId Node, string? PreauthKey)
{
    public static HubAddress? TryParse(string text)
    {
        var parts = text.Split('#');
        if (parts.Length != 2 || Endpoint.TryParse(parts[0]) is not { } endpoint) return null;
        if (!endpoint.IsEncrypted && !endpoint.IsLoopback) return null;
        var named = parts[1].Split('/');
        if (named.Length > 2 || !NodeId.TryParse(named[0], out var node)) return null;
        var key = named.Length == 2 ? named[1] : null;
        return key is null || Anarchive.Node.PreauthKey.IsOne(key) ? new HubAddress(endpoint, node, key) : null;
    }

    // Never the key.
    public override string ToString() => $"{Endpoint}#{Node}";
}
