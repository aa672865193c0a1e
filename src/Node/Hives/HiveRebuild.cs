using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Makes a hive's rows and the search index anew from the log.</summary>
/// <remarks>
/// The rows change in one transaction, so that a node that dies on the way has those of before. The index is made
/// behind, from a cursor that is on disk.
/// </remarks>
public sealed class HiveRebuild(LogWriter writer, HiveNames names, HiveQueries hives)
{
    /// <summary>Events folded so far by the rebuild that runs; 0 where none does.</summary>
    public long Folded => writer.Folding;

    /// <summary>The events folded and the state digest they give; null where there is no such hive.</summary>
    public async Task<(long Events, Hash256 State)?> RunAsync(string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return null;
        await writer.OnWriterAsync(HiveSearch.StartOver, cancellation);
        var events = await writer.RefoldAsync(group, cancellation);
        return (events, hives.StateDigest(group));
    }
}
