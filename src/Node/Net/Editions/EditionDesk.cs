using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Publishes this fleet's editions: made, named in the log, and put where friends may fetch them.</summary>
/// <remarks>A part's editions are one chain: the device that owns its group makes them, one at a time.</remarks>
public sealed class EditionDesk(
    Database database, LogWriter writer, IEventReader reader, OwnParts parts, ObservationQueue queue,
    PartConsents consents, BlobShelf shelf, TorrentHost host, DataDirectory directory,
    TimeProvider time, ILogger<EditionDesk> log) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1);
    private readonly PartEditionFiles _files = new(Path.Combine(directory.Root, "part-editions"));

    /// <summary>
    /// Lets friends read a part, writes what waits of it, and makes an edition of it where anything changed; durable
    /// when it returns. Null without a problem where nothing changed.
    /// </summary>
    /// <param name="notice">The owner was told what friends learn by it.</param>
    public async Task<(PartEdition? Made, Problem? Problem)> PublishAsync(
        string part, bool notice, CancellationToken cancellation)
    {
        if (PartActs.FaultOfShared(part) is { } fault) return (null, fault);
        if (!notice && !consents.Shares(part)) return (null, new Problem("notice_required", 409, PartActs.Notice));
        await _making.WaitAsync(cancellation);
        try
        {
            await queue.FlushAsync(part, cancellation);
            if (parts.Find(part) is not { } group)
                return (null, new Problem("nothing_to_publish", 409, "Nothing was observed in that part yet."));
            if (writer.AuthorityOf(group).Owner != writer.Self)
                return (null, new Problem(
                    "not_permitted", 403, "The device that began the fleet publishes its editions: run this there."));
            await consents.ShareAsync(part, true, cancellation);
            return await MakeAsync(group, part, cancellation);
        }
        catch (LogRefusedException refusal)
        {
            return (null, GroupWrites.Refused(refusal.Refusal));
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>
    /// Makes a full edition where friends may read the last one no more, because something in it was taken back since.
    /// </summary>
    internal async Task RenewAsync(GroupId group, string part, CancellationToken cancellation)
    {
        if (!consents.Shares(part) || writer.AuthorityOf(group).Owner != writer.Self) return;
        await _making.WaitAsync(cancellation);
        try
        {
            if (!IsStale(group)) return;
            var (_, problem) = await MakeAsync(group, part, cancellation);
            if (problem is not null) NodeLog.PartEditionWaits(log, part, problem.Code);
        }
        catch (LogRefusedException refused)
        {
            NodeLog.ObservationsWait(log, part, refused.Refusal);
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private bool IsStale(GroupId group)
    {
        using var db = database.OpenReader();
        return NetEditionRows.Manifests(db, group).Values.MaxBy(m => m.Seq) is { } newest
            && NetEditionRows.IsStale(db, group, newest);
    }

    /// <summary>Reads an edition's file again, by the gates that its bytes have to pass; null: all is well.</summary>
    public string? Verify(PartEditionView edition)
    {
        if (EditionBooks.InfoHash(edition.Manifest) is not { } ih || shelf.PathOf(ih) is not { } path
            || shelf.Find(ih) is not { } torrent) return "net_edition_absent";
        if (edition.Manifest.Kind == EditionKind.Delta) return null;
        return EditionGatekeeper.CheckFile(edition.Manifest, torrent, path, () => []) switch
        {
            EditionVerdict.Refuse refused => refused.Code,
            _ => null,
        };
    }

    private async Task<(PartEdition? Made, Problem? Problem)> MakeAsync(
        GroupId group, string part, CancellationToken cancellation)
    {
        var cut = writer.Durable(group).Heads.OrderBy(h => h.Key).Select(h => new PartCut(
            h.Key.Origin.ToString(), h.Key.Incarnation.ToString(), h.Value.Seq, h.Value.Id.ToString())).ToList();
        if (cut.Count > EditionLimits.CutsMax)
            return (null, new Problem("too_many_chains", 409, "The part was written in more than 200 chains."));
        var (made, fault) = await Task.Run(() => Make(group, part, cut), cancellation);
        if (fault is not null)
            return (null, new Problem("net_edition_size", 409, $"The edition would break the rule of \"{fault}\"."));
        if (made is null) return (null, null);
        await shelf.PutAsync(
            made.File.Torrent, made.File.Path, new Hash256(Convert.FromHexString(made.Manifest.File.Sha256)),
            cancellation);
        // From here on it is published: what is begun is finished.
        var written = await writer.WriteAsync(
            group, [new Draft(NetApp.PartEditionPublished, made.Payload, [])], CancellationToken.None);
        var id = reader.Find(group, written[0].Position)!.Header.Id;
        var now = NowHours();
        // Where that fails the next one is a full one.
        await writer.OnWriterAsync(
            db => EditionImport.Run(
                db, new CheckedPartEdition(id, made.Manifest, made.Payload, made.File.Path),
                NetEditionRows.Held(db, group), now),
            CancellationToken.None);
        // The shelf has it now.
        foreach (var name in _files.Names(group)) _files.Delete(group, name);
        await SeedAsync(made.File.Torrent.InfoHash, cancellation);
        NodeLog.EditionPublished(log, made.Manifest.Seq, part, made.Manifest.File.Rows);
        return (made.Manifest, null);
    }

    /// <summary>Friends have it from this node, too, where its client does not run.</summary>
    private async Task SeedAsync(Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            await host.SeedAsync(ih, cancellation);
        }
        catch (CarrierException failed)
        {
            NodeLog.ClientFailed(log, failed.Code);
        }
    }

    private (MadeEdition? Made, string? Fault) Make(GroupId group, string part, IReadOnlyList<PartCut> cut)
    {
        using var db = database.OpenReader();
        var order = new EditionOrder(
            part, group, EditionRing.Friends, writer.Self, cut, 1, 1, NowHours(),
            EditionBefore.Newest(db, group, ih => shelf.PathOf(ih) is not null));
        return (new EditionMaker(_files).MakeFleet(order, Events(group), out var fault), fault);
    }

    /// <summary>Every observation and retraction of the group; what was erased is not among them.</summary>
    private IEnumerable<PartEvent> Events(GroupId group)
    {
        foreach (var (chain, head) in writer.Durable(group).Heads)
        {
            for (long after = 0; after < head.Seq;)
            {
                if (reader.Read(group, chain, after, Limits.BatchEventsMax, Limits.BatchBytesMax) is not { } run)
                    break;
                foreach (var e in run.Events)
                    if (Read(e) is { } source) yield return source;
                after = run.LastSeq;
            }
        }
    }

    private static PartEvent? Read(Event e)
    {
        var header = e.Header;
        var isRetraction = header.Kind == NetApp.ObservationRetracted;
        if (e.Payload is not { } payload || !(isRetraction || NetPayloads.IsObservation(header.Kind))) return null;
        if (NetPayloads.ReadPayload(header.Kind, payload.Bytes.Span) is null) return null;
        return new PartEvent(
            header.Kind, payload.Bytes, header.Chain, header.Seq, header.Id, header.Hlc,
            isRetraction && header.Refs is [var first, ..] ? first : null);
    }

    private long NowHours() => time.GetUtcNow().ToUnixTimeSeconds() / 3600;
}
