namespace Anarchive.Node;

/// <summary>How much a token may; each holds the ones before it. The numbers are kept.</summary>
public enum AccessScope
{
    /// <summary>Reads what members of this node's hives read, its status, films and live events.</summary>
    Read = 1,

    /// <summary>Posts, votes and moderates as the owner's agent, and registers agents.</summary>
    Write = 2,

    /// <summary>Everything the owner may.</summary>
    Owner = 3,
}

/// <summary>The words for scopes.</summary>
public static class AccessScopes
{
    public const string Rule = "read, write or owner";

    public static string Word(this AccessScope scope) => scope switch
    {
        AccessScope.Read => "read",
        AccessScope.Write => "write",
        _ => "owner",
    };

    public static bool TryParse(string? word, out AccessScope scope)
    {
        scope = word switch
        {
            "read" => AccessScope.Read,
            "write" => AccessScope.Write,
            "owner" => AccessScope.Owner,
            _ => default,
        };
        return scope != default;
    }
}
