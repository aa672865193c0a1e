using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Where editions are kept: on disk, or in a test's memory. No file is held whole.</summary>
public interface IEditionFiles
{
    /// <summary>
    /// Writes lines and their seal, signed by <paramref name="sign"/>, which is given the name; durable when it
    /// returns. A line need not outlive the step to the next.
    /// </summary>
    EditionSeal Save(GroupId group, IEnumerable<ReadOnlyMemory<byte>> lines, Func<Hash256, byte[]> sign);

    /// <summary>The seal of an edition that is here whole; null where it is not.</summary>
    EditionSeal? SealOf(GroupId group, Hash256 file);

    /// <summary>
    /// Its lines but the seal, each valid until the next; an empty one, and no more, where a line does not end.
    /// </summary>
    IEnumerable<ReadOnlyMemory<byte>> Lines(GroupId group, Hash256 file);

    /// <summary>Forgets a file that was refused.</summary>
    void Delete(GroupId group, Hash256 file);
}

/// <summary>What cutting a group at an edition does.</summary>
/// <param name="File">The edition's name.</param>
/// <param name="Bytes">The size of its file.</param>
/// <param name="Before">Events held before.</param>
/// <param name="After">Events that the edition keeps.</param>
public sealed record Compaction(Hash256 File, long Bytes, long Before, long After);

/// <summary>The edition a group's chains are cut at on this node.</summary>
public sealed record EditionNote(Hash256 File, VersionVector Cut);
