using System.Collections.Concurrent;
using System.Threading.Channels;
using Anarchive.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Drives the sessions with all peers: feeds them what happens, and starts what they ask for.</summary>
/// <remarks>
/// One loop steps every session; exchanges run beside it and come back as inputs. Durable changes reach it without
/// polling, so a push leaves as soon as the commit it carries is done.
/// </remarks>
public sealed class PeerLoop : BackgroundService
{
    private const int InboxMax = 4_096;

    private const long KeepHeardMs = 3_600_000;

    /// <summary>Less is not seen as a step of the wall clock.</summary>
    private const long WallStepMs = 1_000;

    private readonly Channel<Message> _inbox = Channel.CreateBounded<Message>(
        new BoundedChannelOptions(InboxMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly ConcurrentDictionary<NodeId, PeerLink> _links = new();
    private readonly ConcurrentDictionary<GroupId, VersionVector> _changed = new();
    private readonly Dictionary<long, TaskCompletionSource<IReadOnlyList<GroupBeat>>> _tickets = [];
    private readonly HashSet<Task> _running = [];
    private readonly Sources _sources = new();
    private readonly LogWriter _writer;
    private readonly PeerBook _peers;
    private readonly Sharing _sharing;
    private readonly PeerExchange _exchange;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<PeerLoop> _log;
    private readonly int _heartbeatMs;
    private readonly long _startedMs;
    private readonly long _started;
    private long _ticket;
    private long _keptMs;
    private long _wallAheadMs;

    internal PeerLoop(
        LogWriter writer, PeerBook peers, Sharing sharing, PeerExchange exchange, PeerGossip gossip,
        OwnHeads ownHeads, TokenBook tokens, NodeOptions options, TimeProvider time,
        IHostApplicationLifetime lifetime, ILogger<PeerLoop> log)
    {
        _heartbeatMs = options.HeartbeatSeconds * 1_000;
        (_writer, _peers, _sharing, _exchange) = (writer, peers, sharing, exchange);
        (_time, _lifetime, _log) = (time, lifetime, log);
        _startedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _started = time.GetTimestamp();
        _keptMs = _startedMs;
        writer.BeforeFirstWrite = ownHeads.CheckAsync;
        // Where no record says where this node is, a handshake does: a copy of it may have been elsewhere.
        if (!gossip.HasRecord) peers.ForgetTokens();
        // Whoever cannot be asked what it holds tells everything as it shakes hands, and only changes later.
        foreach (var peer in peers.All)
            if (peer.Endpoint is null) tokens.Forget(peer.Id);
        gossip.Introduced += Introduce;
        gossip.Learned += peer => _inbox.Writer.TryWrite(new Message(peer.Id, at => new Input.Start(at, false)));
    }

    internal IReadOnlyList<PeerLink> Links => [.. _links.Values.OrderBy(l => l.Peer)];

    internal PeerLink? Find(NodeId peer) => _links.GetValueOrDefault(peer);

    /// <summary>Unix milliseconds that never step: what sessions call now.</summary>
    internal long NowMs => _startedMs + RunsMs;

    /// <summary>So long it has run: a silence from before was none that it could hear.</summary>
    internal long RunsMs => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>
    /// A moment of the loop's clock by the wall clock. The loop's stands still while the machine sleeps and follows no
    /// correction: it tells spans alone, and nothing of it is kept or compared with another clock's.
    /// </summary>
    internal long? WallMs(long? loopMs)
    {
        if (loopMs is not { } ms) return null;
        var ahead = _time.GetUtcNow().ToUnixTimeMilliseconds() - NowMs;
        var known = Interlocked.Read(ref _wallAheadMs);
        // Two readings are never of one moment: the same hearing would be another by a millisecond at each look.
        if (Math.Abs(ahead - known) > WallStepMs) Interlocked.Exchange(ref _wallAheadMs, known = ahead);
        return ms + known;
    }

    /// <summary>A peer has proved its key to us.</summary>
    public async Task CalledAsync(NodeId peer, CancellationToken cancellation)
    {
        var isNew = _peers.Find(peer)?.HeardMs is null && Find(peer)?.Look(s => s.HeardMs) is null;
        await PostAsync(new Message(peer, at => new Input.Called(at)), cancellation);
        if (isNew) Introduce(peer);
    }

    /// <summary>Hands a peer's heartbeat to its session and waits for the reply.</summary>
    public async Task<IReadOnlyList<GroupBeat>> BeatCameAsync(
        NodeId peer, IReadOnlyList<GroupBeat> groups, CancellationToken cancellation)
    {
        var reply = new TaskCompletionSource<IReadOnlyList<GroupBeat>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var ticket = Interlocked.Increment(ref _ticket);
        await PostAsync(new Message(peer, at => new Input.BeatCame(at, ticket, groups), ticket, reply), cancellation);
        return await reply.Task.WaitAsync(cancellation);
    }

    /// <summary>A push from that peer enters intake: what it brings need not be pushed back.</summary>
    public Task OfferedAsync(
        NodeId peer, GroupId group, IReadOnlyList<Position> ends, CancellationToken cancellation) =>
        PostAsync(new Message(peer, at => new Input.Offered(at, group, ends)), cancellation);

    public Task DeliveredAsync(
        NodeId peer, GroupId group, IReadOnlyList<KeyValuePair<ChainId, Head>> heads, CancellationToken cancellation) =>
        PostAsync(new Message(peer, at => new Input.Delivered(at, group, heads)), cancellation);

    public Task LeftAsync(NodeId peer, GroupId group, CancellationToken cancellation) =>
        PostAsync(new Message(peer, at => new Input.Left(at, group)), cancellation);

    /// <summary>A handshake of ours with that peer succeeded outside the loop.</summary>
    internal Task GreetedAsync(NodeId peer, WelcomeMessage welcome, CancellationToken cancellation)
    {
        var groups = PeerExchange.Vectors(welcome);
        return PostAsync(new Message(peer, at => new Input.Greeted(at, groups)), cancellation);
    }

    /// <summary>Tries a peer at once.</summary>
    public Task TryAsync(NodeId peer, CancellationToken cancellation) =>
        PostAsync(new Message(peer, at => new Input.Start(at, HasToken(peer))), cancellation);

    /// <summary>As <see cref="TryAsync"/>, without waiting; false when the loop is too busy to be asked.</summary>
    public bool TryNow(NodeId peer) =>
        _inbox.Writer.TryWrite(new Message(peer, at => new Input.Start(at, HasToken(peer))));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(_lifetime, stoppingToken)) return;
        using var listening = _writer.Listen(change =>
        {
            _changed[change.Group] = change.Durable;
            _inbox.Writer.TryWrite(Message.Wake);
        });
        await using var timer = _time.CreateTimer(
            _ => _inbox.Writer.TryWrite(Message.Wake), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var peer in _peers.All)
            Take(new Message(peer.Id, at => new Input.Start(at, peer.Token is not null)), stoppingToken);
        try
        {
            do
            {
                while (_inbox.Reader.TryRead(out var message)) Take(message, stoppingToken);
                TakeChanges(stoppingToken);
                TakeTicks(stoppingToken);
                Arm(timer);
                // A task that failed in a way nobody foresaw ends the loop, and with it the node.
                foreach (var done in _running.Where(t => t.IsCompleted).ToList())
                {
                    _running.Remove(done);
                    await done;
                }
            }
            while (await _inbox.Reader.WaitToReadAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            await ((Task)Task.WhenAll(_running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override void Dispose()
    {
        foreach (var link in _links.Values) link.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// Members learn of one another at once, not with the next heartbeat; where the loop is too busy, with that.
    /// </summary>
    private void Introduce(NodeId peer)
    {
        foreach (var other in _links.Keys)
            if (other != peer) _inbox.Writer.TryWrite(new Message(other, at => new Input.News(at)));
    }

    private Task PostAsync(Message message, CancellationToken cancellation) =>
        _inbox.Writer.WriteAsync(message, cancellation).AsTask();

    private void Take(Message message, CancellationToken stopping)
    {
        if (message.Peer is not { } peer || message.Make is not { } make) return;
        if (message.Reply is { } reply) _tickets[message.Ticket] = reply;
        if (LinkOf(peer, stopping) is { } link)
        {
            Share(link, stopping);
            Step(link, make(Now()), stopping);
        }

        if (message.Reply is not null && _tickets.Remove(message.Ticket, out var unanswered))
            unanswered.TrySetResult([]);
    }

    /// <summary>Brings a session in line with where its peer is, and with who may share what now.</summary>
    private void Share(PeerLink link, CancellationToken stopping)
    {
        var canDial = _peers.Find(link.Peer)?.Endpoint is not null;
        if (canDial != link.Look(s => s.CanDial)) Step(link, new Input.Reach(Now(), canDial), stopping);
        var shared = _sharing.With(link.Peer).ToHashSet();
        var known = link.Look(s => s.Groups.ToHashSet());
        foreach (var group in known.Except(shared).ToList()) Step(link, new Input.Unshared(Now(), group), stopping);
        foreach (var group in shared.Except(known).ToList())
            Step(link, new Input.Shared(Now(), group, _writer.Durable(group)), stopping);
    }

    private void TakeChanges(CancellationToken stopping)
    {
        foreach (var group in _changed.Keys)
        {
            if (!_changed.TryRemove(group, out var durable)) continue;
            foreach (var link in _links.Values)
            {
                Input input = _sharing.Permits(group, link.Peer)
                    ? new Input.Shared(Now(), group, durable)
                    : new Input.Unshared(Now(), group);
                Step(link, input, stopping);
            }
        }
    }

    private void TakeTicks(CancellationToken stopping)
    {
        KeepHeard(stopping);
        foreach (var link in _links.Values)
            if (link.Look(s => s.WakeAtMs) <= NowMs) Step(link, new Input.Tick(Now()), stopping);
    }

    /// <summary>What a change of contact does not keep: a link may be up for weeks.</summary>
    private void KeepHeard(CancellationToken stopping)
    {
        if (NowMs - _keptMs < KeepHeardMs) return;
        _keptMs = NowMs;
        foreach (var link in _links.Values.Where(l => l.Look(s => s.Contact) == Contact.Up))
            _running.Add(_peers.HeardAsync(link.Peer, WallMs(link.Look(s => s.HeardMs)), stopping));
    }

    private void Step(PeerLink link, Input input, CancellationToken stopping)
    {
        var wasUp = link.Look(s => s.Contact);
        var effects = link.Step(input);
        var isUp = link.Look(s => s.Contact);
        if (wasUp != isUp)
        {
            NodeLog.PeerContact(_log, link.Peer, isUp);
            _running.Add(_peers.HeardAsync(link.Peer, WallMs(link.Look(s => s.HeardMs)), stopping));
        }

        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.Answer answer:
                    if (_tickets.Remove(answer.Ticket, out var reply)) reply.TrySetResult(answer.Groups);
                    break;
                case Effect.SourceFree:
                    foreach (var other in _links.Values)
                        if (other != link) Step(other, new Input.Tick(Now()), stopping);
                    break;
                default:
                    _running.Add(PerformAsync(link, effect, stopping));
                    break;
            }
        }
    }

    private async Task PerformAsync(PeerLink link, Effect effect, CancellationToken stopping)
    {
        try
        {
            await foreach (var make in _exchange.PerformAsync(link, effect, stopping))
                await PostAsync(new Message(link.Peer, make), stopping);
        }
        catch (PeerException failed)
        {
            NodeLog.ExchangeFailed(_log, link.Peer, effect.GetType().Name, failed.Code);
            await PostAsync(
                new Message(link.Peer, at => new Input.Failed(at, effect, failed.Failure, failed.RetryMs)), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private PeerLink? LinkOf(NodeId peer, CancellationToken stopping)
    {
        if (_peers.Find(peer) is not { } known)
        {
            Drop(peer, stopping);
            return null;
        }

        if (_links.TryGetValue(peer, out var link)) return link;
        link = _links.GetOrAdd(peer, p => new PeerLink(p, _sources, _heartbeatMs));
        Share(link, stopping);
        // A peer that speaks first may have given its token already: no second handshake.
        Step(link, new Input.Start(Now(), known.Token is not null), stopping);
        return link;
    }

    /// <summary>Ends the session with a peer that was forgotten; others are asked for what it was asked for.</summary>
    private void Drop(NodeId peer, CancellationToken stopping)
    {
        if (!_links.TryRemove(peer, out var link)) return;
        foreach (var group in link.Look(s => s.Groups.ToList())) Step(link, new Input.Unshared(Now(), group), stopping);
    }

    private void Arm(ITimer timer)
    {
        var next = _links.IsEmpty ? long.MaxValue : _links.Values.Min(l => l.Look(s => s.WakeAtMs));
        var wait = next == long.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Clamp(next - NowMs, 1, Limits.ErrorRetryMs * 2L));
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private Moment Now()
    {
        Span<byte> dice = stackalloc byte[4];
        System.Security.Cryptography.RandomNumberGenerator.Fill(dice);
        return new Moment(NowMs, BitConverter.ToUInt32(dice));
    }

    private bool HasToken(NodeId peer) => _peers.Find(peer)?.Token is not null;

    /// <summary>An input for one session, or, without a peer, a reason to look around.</summary>
    private sealed record Message(
        NodeId? Peer,
        Func<Moment, Input>? Make,
        long Ticket = 0,
        TaskCompletionSource<IReadOnlyList<GroupBeat>>? Reply = null)
    {
        public static Message Wake { get; } = new(null, null);
    }
}
