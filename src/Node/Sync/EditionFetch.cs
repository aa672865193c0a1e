using System.Collections.Concurrent;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Who may have an edition, and how to read it there.</summary>
/// <param name="Client">Throws <see cref="PeerException"/> where that node cannot be asked now.</param>
internal sealed record EditionSource(NodeId Node, Func<GroupClient> Client);

/// <summary>Fetches editions in pieces, from all members that have them.</summary>
/// <remarks>
/// Every piece is compared with the seal before it is written, and the seal with the edition's name. What is there of
/// a file is compared again after a restart, and only the rest is asked for. A member that sends a wrong piece is asked
/// for none any more. One edition of a group is fetched at a time. Where one member alone has it, two requests are
/// under way: one is read while the other's pieces are hashed.
/// </remarks>
internal sealed class EditionFetch(
    PeerClient client, PeerBook peers, Sharing sharing, EditionFiles files, ILogger<EditionFetch> log) : IDisposable
{
    /// <summary>Pieces per request: few enough that what one request loses is soon fetched again.</summary>
    private const int PiecesAtOnce = 8;

    private const int SourcesMax = 4;

    private readonly ConcurrentDictionary<GroupId, SemaphoreSlim> _one = new();

    /// <summary>Returns once the file is here whole; where it is already, at once.</summary>
    /// <param name="first">The member that named it; others that may have it are asked too.</param>
    /// <exception cref="PeerException">No member gave what was left; what came so far stays.</exception>
    public Task FetchAsync(GroupId group, Hash256 edition, NodeId first, CancellationToken cancellation)
    {
        NodeId[] others =
        [
            .. peers.All
                .Where(p => p.Id != first && p is { Endpoint: not null, Token: not null }
                    && sharing.Permits(group, p.Id))
                .Select(p => p.Id)
                .Take(SourcesMax - 1),
        ];
        return FetchAsync(group, edition, [.. others.Prepend(first).Select(Source)], cancellation);

        EditionSource Source(NodeId peer) => new(peer, () => client.Of(peer, group));
    }

    /// <summary>As above, from those sources; the first is asked for the seal.</summary>
    /// <exception cref="PeerException">None gave what was left; what came so far stays.</exception>
    public async Task FetchAsync(
        GroupId group, Hash256 edition, IReadOnlyList<EditionSource> sources, CancellationToken cancellation)
    {
        var one = _one.GetOrAdd(group, _ => new SemaphoreSlim(1, 1));
        await one.WaitAsync(cancellation);
        try
        {
            if (files.SealOf(group, edition) is not null) return;
            var seal = await sources[0].Client().SealAsync(edition, cancellation) ?? throw PeerException.Malformed();
            // Who made it is known once the whole is here: nobody fills the disk with what never becomes whole.
            files.DeleteOtherParts(group, edition);
            if (files.FreeBytes < seal.Bytes + DiskSpace.LowBytes)
                throw new PeerException(Failure.Unreachable, "no_room");
            using (var part = EditionFiles.Create(files.PartOf(group, edition), FileMode.OpenOrCreate))
            {
                var missing = new ConcurrentQueue<Range>(Missing(part, seal));
                await FetchAsync(new Job(seal, part, missing), sources, cancellation);
                part.SetLength(seal.Bytes);
                part.Seek(0, SeekOrigin.End);
                await part.WriteAsync(seal.Write(), cancellation);
                part.WriteByte((byte)'\n');
                part.Flush(flushToDisk: true);
            }

            EditionFiles.Publish(files.PartOf(group, edition), files.PathOf(group, edition));
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Deletes a file that was refused.</summary>
    public void Forget(GroupId group, Hash256 edition) => files.Delete(group, edition);

    public void Dispose()
    {
        foreach (var one in _one.Values) one.Dispose();
    }

    /// <summary>Runs of pieces that are not there, or not as they should be.</summary>
    private static List<Range> Missing(FileStream part, EditionSeal seal)
    {
        var missing = new List<Range>();
        var buffer = new byte[Limits.EditionPieceBytes];
        for (var piece = 0; piece < seal.Pieces.Count; piece++)
        {
            var (offset, length) = seal[piece];
            var isThere = offset + length <= part.Length;
            if (isThere)
            {
                part.Seek(offset, SeekOrigin.Begin);
                part.ReadExactly(buffer, 0, length);
                isThere = Hash256.Sha256(buffer.AsSpan(0, length)) == seal.Pieces[piece];
            }

            if (isThere) continue;
            if (missing.Count > 0 && missing[^1] is var last && last.End.Value == piece
                && piece - last.Start.Value < PiecesAtOnce)
                missing[^1] = last.Start..(piece + 1);
            else missing.Add(piece..(piece + 1));
        }

        return missing;
    }

    /// <summary>Each source takes what is missing until nothing is, or it fails.</summary>
    private async Task FetchAsync(Job job, IReadOnlyList<EditionSource> named, CancellationToken cancellation)
    {
        if (job.Missing.IsEmpty) return;
        EditionSource[] sources = named.Count == 1 ? [named[0], named[0]] : [.. named];
        var failures = await Task.WhenAll(sources.Select(source => DrainAsync(job, source, cancellation)));
        // A source that ended early may have put back what another would have fetched.
        for (var i = 0; i < sources.Length && !job.Missing.IsEmpty; i++)
            if (failures[i] is null) failures[i] = await DrainAsync(job, sources[i], cancellation);
        if (!job.Missing.IsEmpty) throw failures[0] ?? PeerException.Malformed();
    }

    /// <summary>Null once nothing is missing; otherwise why this source gave no more.</summary>
    private async Task<PeerException?> DrainAsync(Job job, EditionSource source, CancellationToken cancellation)
    {
        while (!job.Wrong.ContainsKey(source.Node) && job.Missing.TryDequeue(out var pieces))
        {
            var (from, wrong) = (pieces.Start.Value, false);
            var lengths = Enumerable.Range(from, pieces.End.Value - from).Select(p => job.Seal[p].Length).ToArray();
            var next = from;
            try
            {
                await source.Client().EditionAsync(
                    job.Seal.Name, job.Seal[from].Offset, lengths,
                    (i, bytes) =>
                    {
                        wrong = Hash256.Sha256(bytes.Span) != job.Seal.Pieces[from + i];
                        if (wrong) return false;
                        job.Write(job.Seal[from + i].Offset, bytes);
                        next++;
                        return true;
                    },
                    cancellation);
                if (!wrong) continue;
                if (job.Wrong.TryAdd(source.Node, true)) NodeLog.PieceRefused(log, source.Node);
            }
            catch (PeerException gone)
            {
                return gone;
            }
            finally
            {
                if (next < pieces.End.Value) job.Missing.Enqueue(next..pieces.End.Value);
            }
        }

        return job.Wrong.ContainsKey(source.Node) ? PeerException.Malformed() : null;
    }

    private sealed record Job(EditionSeal Seal, FileStream Part, ConcurrentQueue<Range> Missing)
    {
        /// <summary>Who sent a piece that is not the edition's.</summary>
        public ConcurrentDictionary<NodeId, bool> Wrong { get; } = new();

        /// <summary>Beside the stream's own buffer and position: sources write at once.</summary>
        public void Write(long offset, ReadOnlyMemory<byte> bytes) =>
            RandomAccess.Write(Part.SafeFileHandle, bytes.Span, offset);
    }
}
