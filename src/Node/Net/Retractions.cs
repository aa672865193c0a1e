using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Takes observations of this fleet back: from the queue, or, once written, by events that say so.</summary>
public sealed class Retractions(
    ObservationQueue queue, PartRecords records, PartBook book, ItemScopes scopes, ReportBook reports,
    LogWriter writer, IEventReader reader)
{
    private const int ChunkMax = 200;

    /// <summary>Takes one back, and every other of this fleet that says the same. Durable when it returns.</summary>
    public async Task<Problem?> RetractAsync(string id, CancellationToken cancellation)
    {
        if (records.Find(id) is not { IsOwn: true } record) return Problem.NotFound("observation");
        var same = NetPayloads.Element(record.Observed).GetRawText();
        var all = records.Of(record.Observed.Key[0])
            .Where(r => r.IsOwn && NetPayloads.Element(r.Observed).GetRawText() == same);
        // More than can be read at once may be said of a key.
        return (await RetractAsync([.. all.Append(record).DistinctBy(r => r.Id)], cancellation)).Problem;
    }

    /// <summary>
    /// Takes back everything this fleet said of files in sensitive folders: how much. What is begun is finished; what a
    /// power cut leaves the next sweep takes.
    /// </summary>
    public async Task<(int Retracted, Problem? Problem)> SweepAsync()
    {
        var retracted = 0;
        Problem? first = null;
        var keys = scopes.Folders().Where(f => f.IsSensitive).SelectMany(f => scopes.KeysWithin(f.Path)).ToHashSet();
        await reports.ForgetAsync(keys);
        foreach (var key in keys)
        {
            var (count, problem) = await RetractAsync([.. records.Of(key).Where(r => r.IsOwn)], CancellationToken.None);
            retracted += count;
            first ??= problem;
        }

        return (retracted, first);
    }

    /// <summary>Takes those of this fleet back: how many. Durable when it returns.</summary>
    internal async Task<(int Retracted, Problem? Problem)> RetractAsync(
        IReadOnlyList<PartRecord> taken, CancellationToken cancellation)
    {
        var retracted = 0;
        Problem? first = null;
        var written = new List<PartRecord>(taken.Where(r => !r.IsWaiting));
        foreach (var waiting in taken.Where(r => r.IsWaiting))
        {
            if (await queue.DropAsync(PartRecords.Waiting(waiting.Id)!.Value, cancellation)) retracted++;
            // Written while it was waited for: it has another name by now.
            else written.AddRange(records.Of(waiting.Observed.Key[0]).Where(r => IsSame(r, waiting)));
        }

        foreach (var some in written.Select(r => records.Place(r.Id)).OfType<(GroupId Group, Position Position)>()
            .Distinct().GroupBy(p => p.Group).SelectMany(g => g.Chunk(ChunkMax)))
        {
            var problem = await WriteAsync(some, cancellation);
            first ??= problem;
            if (problem is null) retracted += some.Length;
        }

        return (retracted, first);
    }

    private async Task<Problem?> WriteAsync(
        (GroupId Group, Position Position)[] some, CancellationToken cancellation)
    {
        var group = some[0].Group;
        if (book.PartOf(group) is not { } part) return Problem.NotFound("observation");
        var payload = NetPayloads.Write(new ObservationRetracted(part, NetRules.Version));
        var drafts = some.Select(p => reader.Find(group, p.Position)).OfType<Event>()
            .Select(e => new Draft(NetApp.ObservationRetracted, payload, [e.Header.Ref])).ToList();
        try
        {
            await writer.WriteAsync(group, drafts, cancellation);
            return null;
        }
        catch (LogRefusedException refused)
        {
            return GroupWrites.Refused(refused.Refusal);
        }
    }

    private static bool IsSame(PartRecord one, PartRecord other) =>
        one is { IsOwn: true, IsWaiting: false }
        && NetPayloads.Element(one.Observed).GetRawText() == NetPayloads.Element(other.Observed).GetRawText();
}
