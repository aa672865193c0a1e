using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Publishes this fleet's editions: made, named in the log, and put where friends may fetch them.</summary>
/// <remarks>A part's editions are one chain: the device that owns its group makes them, one at a time.</remarks>
public sealed class EditionDesk(
    Database database, LogWriter writer, IEventReader reader, OwnParts parts, ObservationQueue queue,
    PartConsents consents, PartActs acts, BlobShelf shelf, TorrentHost host, DataDirectory directory,
    TimeProvider time, EditionWithdrawal withdrawal, ILogger<EditionDesk> log)
{
    /// <summary>So that the next edition is a full one.</summary>
    private const string LongAgo = "1970-W01";

    private readonly HashSet<Log.EventId> _renewed = [];
    private readonly EditionMaker _maker = new(EditionWithdrawal.FilesIn(directory));

    /// <summary>
    /// Lets friends read a part, writes what waits of it, and makes an edition of it where anything changed; durable
    /// when it returns. Null without a problem where nothing changed.
    /// </summary>
    /// <param name="notice">The owner was told what friends learn by it.</param>
    public async Task<(PartEdition? Made, Problem? Problem)> PublishAsync(
        string part, bool notice, CancellationToken cancellation)
    {
        if (!NetApp.Parts.Contains(part)) return (null, Subscription.UnknownPart);
        if (!notice && !consents.Shares(part)) return (null, new Problem("notice_required", 409, PartActs.Notice));
        if (await acts.ShareAsync(part, true, cancellation) is { } refused) return (null, refused);
        await withdrawal.Gate.WaitAsync(cancellation);
        try
        {
            await queue.FlushAsync(part, cancellation);
            if (parts.Find(part) is not { } group)
                return (null, new Problem("nothing_to_publish", 409, "Nothing was observed in that part yet."));
            if (writer.AuthorityOf(group).Owner != writer.Self)
                return (null, new Problem(
                    "not_permitted", 403, "The device that began the fleet publishes its editions: run this there."));
            return await MakeAsync(group, part, cancellation);
        }
        catch (LogRefusedException refusal)
        {
            return (null, GroupWrites.Refused(refusal.Refusal));
        }
        finally
        {
            withdrawal.Gate.Release();
        }
    }

    /// <summary>
    /// Makes a new edition of each part whose last one was withdrawn because something in it was taken back.
    /// </summary>
    internal async Task RenewAsync(CancellationToken cancellation)
    {
        foreach (var (group, part) in parts.Here())
        {
            if (!consents.Shares(part) || writer.AuthorityOf(group).Owner != writer.Self) continue;
            if (HeldOf(group) is not var (id, edition) || !IsWithdrawn(edition) || !_renewed.Add(id)) continue;
            await withdrawal.Gate.WaitAsync(cancellation);
            try
            {
                await MakeAsync(group, part, cancellation);
            }
            catch (LogRefusedException refused)
            {
                NodeLog.ObservationsWait(log, part, refused.Refusal);
            }
            finally
            {
                withdrawal.Gate.Release();
            }
        }
    }

    private (Log.EventId Id, PartEdition Edition)? HeldOf(GroupId group)
    {
        using var db = database.OpenReader();
        return NetEditionRows.Held(db, group) is { } held
            && NetEditionRows.Manifests(db, group).TryGetValue(held.Id, out var edition)
            ? (held.Id, edition)
            : null;
    }

    /// <summary>Reads an edition's file again, by the gates that its bytes have to pass; null: all is well.</summary>
    public string? Verify(PartEditionView edition)
    {
        if (EditionBooks.InfoHash(edition.Manifest) is not { } ih || shelf.PathOf(ih) is not { } path
            || shelf.Find(ih) is not { } torrent) return "net_edition_absent";
        if (edition.Manifest.Kind == EditionKind.Delta) return null;
        return EditionGatekeeper.CheckFile(edition.Manifest, torrent, path, edition.Manifest.K, () => []) switch
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
        var (verdict, now) = (default(EditionVerdict), NowHours());
        await writer.OnWriterAsync(
            db => verdict = EditionImport.Run(
                db, new CheckedPartEdition(id, made.Manifest, made.Payload, made.File.Path),
                NetEditionRows.Held(db, group), now),
            CancellationToken.None);
        if (host.Client is not null) await SeedAsync(made.File.Torrent.InfoHash, cancellation);
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
            part, group, EditionRing.Friends, writer.Self, cut, 1, 1, NowHours(), Before(db, group));
        return (_maker.MakeFleet(order, Events(group), out var fault), fault);
    }

    private EditionBefore? Before(SqliteConnection db, GroupId group)
    {
        if (NetEditionRows.Held(db, group) is not { } held) return null;
        var manifests = NetEditionRows.Manifests(db, group);
        var full = manifests.Values.Where(m => m.Kind == EditionKind.Full && m.Seq <= held.Seq).MaxBy(m => m.Seq)!;
        return new EditionBefore(
            held.Id, manifests[held.Id], () => [.. NetEditionRows.Lines(db, group)],
            IsWithdrawn(full) ? LongAgo : full.Week);
    }

    private bool IsWithdrawn(PartEdition edition) =>
        EditionBooks.InfoHash(edition) is not { } ih || shelf.PathOf(ih) is null;

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
