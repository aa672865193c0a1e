using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Whom a rung found for a torrent.</summary>
/// <param name="IsJoined">The client is being joined to them; otherwise they are only named.</param>
internal sealed record FoundSources(int Count, bool IsJoined);

/// <summary>
/// Joins the client, for a torrent of ours, to friends or public peers that a rung of the ladder found: to a friend's
/// client by a tunnel between both nodes, to anybody else by a bridge. No client has to be told of a peer.
/// </summary>
/// <remarks>
/// Only for what is known to be public: peers of a private torrent come from its tracker alone (BEP 27). It ends once
/// the torrent is whole, stopped, gone or no longer open to them, and with the rung's time. Any thread.
/// </remarks>
public sealed class TorrentJoins(
    PeersDesk peers, FriendPeers friends, TorrentHost host, WireTunnels tunnels, SwarmBridge bridge,
    TimeProvider time, ILogger<TorrentJoins> log) : IAsyncDisposable
{
    /// <summary>Peers of one torrent at a time. One that leaves, or does not answer, makes room for the next.</summary>
    private const int AtOnce = 4;

    private static readonly Rung[] Rungs = [Rung.AskFriends, Rung.PublicPeers];
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgainFirst = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgainMax = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _finding = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string InfoHash, Rung Rung), Task> _running = [];

    /// <summary>How many rungs are taken now, each for a torrent.</summary>
    internal int Running
    {
        get
        {
            lock (_gate) return _running.Count;
        }
    }

    /// <summary>One way to somebody who has a torrent; returns when it has ended.</summary>
    private delegate Task Way(Hash160 ih, CancellationToken cancellation);

    /// <summary>Looks who has it, and joins the client to them from now on.</summary>
    internal async Task<FoundSources> BeginAsync(string infoHash, Rung rung, CancellationToken cancellation)
    {
        var (found, ways) = await FindAsync(infoHash, rung, cancellation);
        if (ways.Count == 0) return new FoundSources(found, false);
        Run((infoHash, rung), limit => KeepAsync(infoHash, rung, ways, limit));
        return new FoundSources(found, true);
    }

    /// <summary>Takes up what the owner had begun for these before the node ended, one after the other.</summary>
    internal void Resume(IEnumerable<KeptTorrent> torrents, long nowMs)
    {
        foreach (var torrent in torrents)
        {
            if (torrent is not { IsNeutral: false, Sample: { IsLabelled: true, IsComplete: false } of }) continue;
            foreach (var rung in Rungs)
                if (torrent.Tried.TryGetValue(rung, out var atMs) && nowMs - atMs < Ladder.PatienceMs(rung)
                    && IsOpen(of.InfoHash, rung))
                    Run((of.InfoHash, rung), limit => FindAndKeepAsync(of.InfoHash, rung, limit));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            running = [.. _running.Values];
            _ending.Cancel();
        }

        await Task.WhenAll(running);
        _ending.Dispose();
        _finding.Dispose();
    }

    private async Task<(int Found, IReadOnlyList<Way> Ways)> FindAsync(
        string infoHash, Rung rung, CancellationToken cancellation)
    {
        var via = ViaOf(rung);
        var answer = via == PeerVia.Friend
            ? await peers.AnswerOwnAsync(infoHash, cancellation)
            : peers.Answer(infoHash, CallerRing.Fleet);
        var named = answer?.Peers.Where(p => p.Via == via).ToList() ?? [];
        if (!IsOpen(infoHash, rung)) return (named.Count, []);
        // The client may be in the DHT itself, and has nothing to give to itself.
        var own = await host.PeerPortAsync(cancellation) is { } port ? new IPEndPoint(IPAddress.Loopback, port) : null;
        Way[] ways = via == PeerVia.Friend
            ? [.. friends.Givers(infoHash).Select(Tunnel)]
            :
            [
                .. named.Select(p => IPEndPoint.TryParse(p.Address ?? "", out var at) ? at : null)
                    .OfType<IPEndPoint>().Where(at => !at.Equals(own)).Select(Bridge),
            ];
        // By chance, so that nobody's many names are all that is tried.
        RandomNumberGenerator.Shuffle<Way>(ways);
        return (named.Count, ways);
    }

    private static PeerVia ViaOf(Rung rung) => rung == Rung.AskFriends ? PeerVia.Friend : PeerVia.Dht;

    /// <summary>Asked again and again: the owner may close a source, or learn that it is private.</summary>
    private bool IsOpen(string infoHash, Rung rung) =>
        peers.Answer(infoHash, CallerRing.Fleet) is { } answer && peers.IsPublic(answer)
        && answer.Withheld.All(w => w.Via != ViaOf(rung));

    private Way Tunnel(NodeId friend) => (ih, cancellation) => tunnels.RunAsync(friend, ih, cancellation);

    /// <summary>Only what is of this machine itself names others of it; all else is dialled in the open.</summary>
    private Way Bridge(IPEndPoint peer) => (ih, cancellation) => bridge.RunAsync(
        IPAddress.IsLoopback(peer.Address) ? DialScope.ThisMachine : DialScope.Learned, peer.ToString(), peer, ih,
        cancellation);

    private void Run((string InfoHash, Rung Rung) key, Func<CancellationToken, Task> keep)
    {
        lock (_gate)
        {
            if (_ending.IsCancellationRequested || _running.ContainsKey(key)) return;
            _running[key] = Task.Run(() => LimitedAsync(key, keep), CancellationToken.None);
        }
    }

    private async Task LimitedAsync((string InfoHash, Rung Rung) key, Func<CancellationToken, Task> keep)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMilliseconds(Ladder.PatienceMs(key.Rung)), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(over.Token, _ending.Token);
        try
        {
            await Round.TryAsync(
                () => keep(limit.Token), e => NodeLog.TorrentNotJoined(log, e), log, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The rung's time is over, or the node ends.
        }
        finally
        {
            lock (_gate) _running.Remove(key);
        }
    }

    private async Task FindAndKeepAsync(string infoHash, Rung rung, CancellationToken cancellation)
    {
        IReadOnlyList<Way> ways;
        await _finding.WaitAsync(cancellation);
        try
        {
            (_, ways) = await FindAsync(infoHash, rung, cancellation);
        }
        finally
        {
            _finding.Release();
        }

        if (ways.Count > 0) await KeepAsync(infoHash, rung, ways, cancellation);
    }

    private async Task KeepAsync(
        string infoHash, Rung rung, IReadOnlyList<Way> ways, CancellationToken cancellation)
    {
        NodeLog.TorrentJoined(log, infoHash, ways.Count);
        var ih = new Hash160(Convert.FromHexString(infoHash));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var waiting = new ConcurrentQueue<Way>(ways);
        var kept = Enumerable.Range(0, Math.Min(AtOnce, ways.Count))
            .Select(_ => TakeTurnsAsync(waiting, ih, ended.Token)).ToList();
        try
        {
            using var looks = new PeriodicTimer(LookEvery, time);
            while (IsOpen(infoHash, rung) && await IsWantedAsync(ih, cancellation))
                await looks.WaitForNextTickAsync(cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(kept);
        }
    }

    /// <summary>One after the other, and from the first again, later each time: nobody is called without end.</summary>
    private async Task TakeTurnsAsync(ConcurrentQueue<Way> waiting, Hash160 ih, CancellationToken cancellation)
    {
        var again = AgainFirst;
        try
        {
            while (true)
            {
                // Each turn holds one, and there are no fewer than turns.
                if (!waiting.TryDequeue(out var way)) throw new InvalidOperationException("More turns than peers.");
                try
                {
                    await way(ih, cancellation);
                }
                catch (Exception silent) when (silent is PeerException or CarrierException)
                {
                    // The next may answer.
                }

                waiting.Enqueue(way);
                await Task.Delay(again, time, cancellation);
                again = again * 2 < AgainMax ? again * 2 : AgainMax;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It came, or is not wanted any more.
        }
    }

    /// <summary>A client that does not answer may again.</summary>
    private async Task<bool> IsWantedAsync(Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            return await host.FindAsync(ih, cancellation) is { State: TorrentState.Fetching or TorrentState.Checking };
        }
        catch (CarrierException)
        {
            return true;
        }
    }
}
