namespace Anarchive.Node;

/// <summary>How a node is started. Every value has a default, so the first run needs no configuration.</summary>
public sealed record NodeOptions
{
    /// <summary>Everything a node keeps: database, keys, witness. Absolute path; created with mode 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Where pages, REST API and, on loopback, the sync protocol are served. Port 0 picks a free one.
    /// </summary>
    public string Listen { get; init; } = "http://127.0.0.1:7420";

    /// <summary>The address written into invites and told to peers; the listen address where null.</summary>
    public string? PublicEndpoint { get; init; }

    /// <summary>A name for people; the machine's name where null.</summary>
    public string? Name { get; init; }

    /// <summary>Host names, besides the loopback ones, under which pages and REST API may be asked for.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
}
