using System.Collections.Immutable;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A group as of the last flush, for any thread.</summary>
internal sealed record GroupSnapshot(
    StoredGroup Group,
    VersionVector Durable,
    Authority Authority,
    ImmutableDictionary<ChainId, PublicKey> Keys,
    Refusal Standing,
    int Parked,
    IReadOnlyList<StoredFork> Forks,
    EditionNote? Edition);
