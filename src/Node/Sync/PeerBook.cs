using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>Every peer this node knows, in memory and on disk.</summary>
/// <remarks>
/// Changes by several threads follow one another, so none is lost. What became of dialling an address is kept in memory
/// only: a start is a new chance.
/// </remarks>
public sealed class PeerBook
{
    private readonly ConcurrentDictionary<NodeId, KnownPeer> _peers;
    private readonly Lock _changing = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    public PeerBook(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        _peers = new(PeerRows.Load(db).Select(p => KeyValuePair.Create(p.Id, p)));
    }

    public IReadOnlyList<KnownPeer> All => [.. _peers.Values.OrderBy(p => p.Id)];

    public KnownPeer? Find(NodeId id) => _peers.GetValueOrDefault(id);

    /// <summary>The owner names an address; it is tried before all others. Durable when it returns.</summary>
    public Task<KnownPeer> TypedAsync(NodeId id, Endpoint endpoint, CancellationToken cancellation) =>
        ChangeAsync(id, known => known.Told(Entry(PeerSource.Manual, endpoint)), cancellation);

    /// <summary>
    /// This node called a peer, and both have proved their keys. False where it was forgotten meanwhile: then nothing
    /// is kept. Durable when it returns.
    /// </summary>
    /// <param name="source">Who named the address; null where it came from this book, which then names it.</param>
    public Task<bool> GreetedAsync(
        NodeId id, Endpoint at, PeerSource? source, string token, PeerIdentity identity,
        CancellationToken cancellation) =>
        ChangeKnownAsync(
            id,
            known =>
            {
                if (source is { } named && (known ??= new KnownPeer(id)).Entries.Count == 0)
                    known = known.Told(Entry(named, at));
                if (known is null) return null;
                known = known.With(PeerPrecedence.Answered(known.Entries, at, Now())) with { Token = token };
                return known.Endpoint == at ? known with { Identity = identity } : known;
            },
            cancellation);

    /// <summary>A peer called, and has proved its key. Durable when it returns.</summary>
    /// <param name="said">Where it says it can be called, as far as that may be believed; null otherwise.</param>
    /// <param name="canBeCalled">False where it says that it cannot.</param>
    public Task<KnownPeer> CalledAsync(
        NodeId id, Endpoint? said, bool canBeCalled, string token, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            known =>
            {
                if (!canBeCalled) known = known.With(PeerPrecedence.Without(known.Entries, PeerSource.Self));
                else if (said is not null) known = known.Told(Entry(PeerSource.Self, said));
                // Each token fits the way of the handshake that brought it. What our own calls use goes on serving
                // them; once it does not, a 404 says so and this node greets.
                return known is { Identity: not null, Token: not null } ? known : known with { Token = token };
            },
            cancellation);

    /// <summary>
    /// Takes a record that a peer signed about itself, from itself or from others; null where there is no room.
    /// </summary>
    /// <param name="told">Where the record leads, and by whom it came.</param>
    public async Task<KnownPeer?> LearnAsync(
        PeerEntry told, PeerRecord record, int ttl, CancellationToken cancellation)
    {
        KnownPeer? after;
        NodeId? dropped;
        lock (_changing)
        {
            var before = Find(record.Node);
            dropped = null;
            if (told.IsLearned && before is null or { IsHearsay: true })
            {
                var room = GossipTable.RoomFor(record.Node, told, Hearsay());
                if (!room.IsAdmitted) return null;
                if (room.InPlaceOf is { } other) _peers.TryRemove(other, out _);
                dropped = room.InPlaceOf;
            }

            after = (before ?? new KnownPeer(record.Node)).Told(told) with
            {
                Record = record.Bytes.ToArray(),
                // A record that came by two ways may travel as far as the better one allows.
                Ttl = record.Bytes.Span.SequenceEqual(before?.Record) ? Math.Max(ttl, before!.Ttl) : ttl,
            };
            _peers[record.Node] = after;
        }

        await SaveAsync(record.Node, cancellation);
        if (dropped is { } gone) await SaveAsync(gone, cancellation);
        return after;
    }

    /// <summary>An address answered, or failed with a code: that decides which one comes next.</summary>
    public async Task TriedAsync(NodeId id, Endpoint at, string? cause, CancellationToken cancellation)
    {
        lock (_changing)
        {
            if (Find(id) is not { } known) return;
            var entries = cause is null
                ? PeerPrecedence.Answered(known.Entries, at, Now())
                : PeerPrecedence.WithoutStale(PeerPrecedence.Failed(known.Entries, at, cause, Now()), Now());
            var after = known.With(entries);
            if (entries.Count == 0 && after.Token is null && after.HeardMs is null) _peers.TryRemove(id, out _);
            else _peers[id] = after;
            if (entries.Count == known.Entries.Count) return;
        }

        await SaveAsync(id, cancellation);
    }

    /// <summary>Pauses or resumes a peer; false where it is not known. Durable when it returns.</summary>
    public Task<bool> PauseAsync(NodeId id, bool isPaused, CancellationToken cancellation) =>
        ChangeKnownAsync(id, known => known is null ? null : known with { IsPaused = isPaused }, cancellation);

    /// <summary>Forgets a peer; false where it is not known. Durable when it returns.</summary>
    public async Task<bool> RemoveAsync(NodeId id, CancellationToken cancellation)
    {
        lock (_changing)
        {
            if (!_peers.TryRemove(id, out _)) return false;
        }

        await SaveAsync(id, cancellation);
        return true;
    }

    /// <summary>Forgets what peers gave this node to be known by: each is then greeted anew.</summary>
    public void ForgetTokens()
    {
        lock (_changing)
        {
            foreach (var (id, peer) in _peers) _peers[id] = peer with { Token = null, Identity = null };
        }
    }

    /// <summary>Keeps when a peer was last heard, so that it is shown as last heard after a restart too.</summary>
    internal async Task HeardAsync(NodeId id, long? heardMs, CancellationToken cancellation)
    {
        if (heardMs is null) return;
        try
        {
            await ChangeKnownAsync(
                id, known => known is null ? null : known with { HeardMs = heardMs }, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <summary>False where the peer is not known and the change makes none of it either.</summary>
    private async Task<bool> ChangeKnownAsync(
        NodeId id, Func<KnownPeer?, KnownPeer?> change, CancellationToken cancellation)
    {
        lock (_changing)
        {
            if (change(Find(id)) is not { } after) return false;
            _peers[id] = after;
        }

        await SaveAsync(id, cancellation);
        return true;
    }

    private async Task<KnownPeer> ChangeAsync(
        NodeId id, Func<KnownPeer, KnownPeer> change, CancellationToken cancellation)
    {
        KnownPeer after;
        lock (_changing) _peers[id] = after = change(Find(id) ?? new KnownPeer(id));
        await SaveAsync(id, cancellation);
        return after;
    }

    /// <summary>Writes what is known by then: of two changes the later one is written last.</summary>
    private Task<int> SaveAsync(NodeId id, CancellationToken cancellation) =>
        _writer.OnWriterAsync(db => PeerRows.Save(db, id, Find(id)), cancellation);

    private List<KeyValuePair<NodeId, PeerEntry>> Hearsay() =>
    [
        .. _peers.Values.Where(p => p.IsHearsay)
            .Select(p => KeyValuePair.Create(p.Id, PeerPrecedence.Next(p.Entries)!)),
    ];

    private PeerEntry Entry(PeerSource source, Endpoint endpoint) => new(source, endpoint, Now(), PeerEntry.Never);

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
