namespace Anarchive.Node;

/// <summary>32 bytes that never leave this node; what is derived from them only this node can link.</summary>
public sealed record NodeSecret(ReadOnlyMemory<byte> Bytes);
