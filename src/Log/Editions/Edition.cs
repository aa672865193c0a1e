using System.Buffers.Binary;

namespace Anarchive.Log;

/// <summary>Where an edition ends one chain.</summary>
public sealed record EditionCut(ChainId Chain, Head Head, Hlc Hlc);

/// <summary>
/// A group as of a durable vector: where its chains end, and the digest of the state that the kept events fold to.
/// </summary>
/// <remarks>
/// A function of the events alone: two nodes that hold the same chains make the same edition. Its file keeps events
/// and no rows, so that whoever takes it over folds them like any others, and can fold them anew.
/// </remarks>
public sealed class Edition(GroupId group, IReadOnlyList<EditionCut> cuts, Hash256 stateRoot)
{
    public GroupId Group { get; } = group;

    /// <summary>In chain order.</summary>
    public IReadOnlyList<EditionCut> Cuts { get; } = cuts;

    /// <summary>The application's state digest after folding the kept events.</summary>
    public Hash256 StateRoot { get; } = stateRoot;

    public VersionVector Vector { get; } =
        VersionVector.From(cuts.Select(cut => KeyValuePair.Create(cut.Chain, cut.Head)));

    /// <summary>What the owner signs: domain ‖ group ‖ vector digest ‖ state root ‖ the file's name.</summary>
    public byte[] SignedBytes(Hash256 file)
    {
        var bytes = new byte[Domains.Edition.Length + 4 * Hash256.Size];
        Domains.Edition.CopyTo(bytes);
        var at = bytes.AsSpan(Domains.Edition.Length);
        Group.Value.CopyTo(at);
        Vector.Digest().CopyTo(at[32..]);
        StateRoot.CopyTo(at[64..]);
        file.CopyTo(at[96..]);
        return bytes;
    }

    /// <summary>What the owner's chain says of this edition.</summary>
    public EditionPublished Published(Hash256 file, ReadOnlySpan<byte> signature, Hash256? previous) => new(
        Base64UrlText.Encode(file.ToArray()),
        Base64UrlText.Encode(StateRoot.ToArray()),
        Wire.Heads(Vector.Heads),
        Base64UrlText.Encode(signature),
        previous is { } known ? Base64UrlText.Encode(known.ToArray()) : null);

    internal static string Text(Hlc hlc)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hlc.Value);
        return Convert.ToHexStringLower(bytes);
    }
}
