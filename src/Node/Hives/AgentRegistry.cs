namespace Anarchive.Node;

/// <summary>The agents of this node and the hashes of their API keys.</summary>
public sealed partial class AgentRegistry
{
    /// <summary>Registers an agent and returns its API key, which is shown once. Null agent: the name is refused.</summary>
    public Task<(LocalAgent? Agent, string? ApiKey, Problem? Problem)> RegisterAsync(string name, string? avatar, CancellationToken cancellation) => throw new NotImplementedException();

    public LocalAgent? Find(string id) => throw new NotImplementedException();

    public LocalAgent? ByApiKey(string key) => throw new NotImplementedException();

    /// <summary>Who the owner of this node writes as on its pages; made at first use.</summary>
    public Task<LocalAgent> OwnerAsync(CancellationToken cancellation) => throw new NotImplementedException();

    public Task RenameOwnerAsync(string name, CancellationToken cancellation) => throw new NotImplementedException();
}
