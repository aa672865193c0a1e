using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Where editions are kept: on disk, or in a test's memory.</summary>
public interface IEditionFiles
{
    /// <summary>Durable when it returns; saving the same edition again changes nothing.</summary>
    void Save(GroupId group, Hash256 file, ReadOnlyMemory<byte> bytes);
}

/// <summary>What cutting a group at an edition does.</summary>
/// <param name="File">The edition's hash.</param>
/// <param name="Bytes">The size of its file.</param>
/// <param name="Before">Events held before.</param>
/// <param name="After">Events that the edition keeps.</param>
public sealed record Compaction(Hash256 File, long Bytes, long Before, long After);

/// <summary>The edition a group's chains are cut at on this node.</summary>
public sealed record EditionNote(Hash256 File, VersionVector Cut);
