using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Editions in the data directory, one file each, named by group and hash.</summary>
/// <remarks>An older one stays: a peer may be reading it, and after a crash the database may still name it.</remarks>
public sealed class EditionFiles(DataDirectory directory) : IEditionFiles
{
    public void Save(GroupId group, Hash256 file, ReadOnlyMemory<byte> bytes) =>
        DurableFile.Replace(PathOf(group, file), bytes.Span);

    /// <summary>Where that edition is, if it is here.</summary>
    public string PathOf(GroupId group, Hash256 file) =>
        Path.Combine(directory.EditionDirectory, $"{group}.{file}.jsonl");
}
