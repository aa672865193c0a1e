using System.Collections.Immutable;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A group as of the last flush, for any thread.</summary>
/// <remarks>The revision grows when rows change and the vector does not.</remarks>
internal sealed record GroupSnapshot(
    StoredGroup Group,
    VersionVector Durable,
    Authority Authority,
    ImmutableDictionary<ChainId, PublicKey> Keys,
    Refusal Standing,
    int Parked,
    long Revision,
    IReadOnlyList<StoredFork> Forks,
    EditionNote? Edition);
