using System.Buffers.Binary;

namespace Anarchive.Log;

/// <summary>Where an edition ends one chain.</summary>
public sealed record EditionCut(ChainId Chain, Head Head, Hlc Hlc);

/// <summary>
/// A group as of a durable vector: the events that its state still needs, and the digest of that state.
/// </summary>
/// <remarks>
/// A function of the events alone: two nodes that hold the same chains make the same edition. It keeps events and no
/// rows, so that whoever takes it over folds them like any others, and can fold them anew.
/// </remarks>
public sealed class Edition(
    GroupId group, IReadOnlyList<EditionCut> cuts, Hash256 stateRoot, IReadOnlyList<Event> events)
{
    public GroupId Group { get; } = group;

    /// <summary>In chain order.</summary>
    public IReadOnlyList<EditionCut> Cuts { get; } = cuts;

    /// <summary>The application's state digest after folding <see cref="Events"/>.</summary>
    public Hash256 StateRoot { get; } = stateRoot;

    /// <summary>By chain and seq, each at or below its chain's cut. Texts of deleted items are left out.</summary>
    public IReadOnlyList<Event> Events { get; } = events;

    public VersionVector Vector { get; } =
        VersionVector.From(cuts.Select(cut => KeyValuePair.Create(cut.Chain, cut.Head)));

    /// <summary>What the owner signs: domain ‖ group ‖ vector digest ‖ state root ‖ file hash.</summary>
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
