using System.Net;
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
/// the torrent is whole, stopped or gone, and with the rung's time. Any thread.
/// </remarks>
public sealed class TorrentJoins(
    PeersDesk peers, FriendPeers friends, TorrentHost host, WireTunnels tunnels, SwarmBridge bridge,
    TimeProvider time, ILogger<TorrentJoins> log) : IAsyncDisposable
{
    /// <summary>Of one torrent: a client has room for a few more.</summary>
    private const int PeersMax = 8;

    private static readonly Rung[] Rungs = [Rung.AskFriends, Rung.PublicPeers];
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _finding = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string InfoHash, Rung Rung), Task> _running = [];

    /// <summary>One way to somebody who has a torrent; returns when it has ended.</summary>
    private delegate Task Way(Hash160 ih, CancellationToken cancellation);

    /// <summary>Looks who has it, and joins the client to them from now on.</summary>
    internal async Task<FoundSources> BeginAsync(string infoHash, Rung rung, CancellationToken cancellation)
    {
        var (found, ways) = await FindAsync(infoHash, rung, cancellation);
        if (ways.Count == 0) return new FoundSources(found, false);
        Run((infoHash, rung), limit => KeepAsync(infoHash, ways, limit));
        return new FoundSources(found, true);
    }

    /// <summary>Takes up what the owner had begun for these before the node ended, one after the other.</summary>
    internal void Resume(IEnumerable<KeptTorrent> torrents, long nowMs)
    {
        foreach (var torrent in torrents)
        {
            if (torrent is not { IsNeutral: false, Sample: { IsLabelled: true, IsComplete: false } of }) continue;
            foreach (var rung in Rungs)
                if (torrent.Tried.TryGetValue(rung, out var atMs) && nowMs - atMs < Ladder.PatienceMs(rung))
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
        var via = rung == Rung.AskFriends ? PeerVia.Friend : PeerVia.Dht;
        var answer = via == PeerVia.Friend
            ? await peers.AnswerOwnAsync(infoHash, cancellation)
            : peers.Answer(infoHash, CallerRing.Fleet);
        if (answer is null) return (0, []);
        var named = answer.Peers.Where(p => p.Via == via).ToList();
        // What was asked a while ago may have been closed since.
        if (!peers.IsPublic(answer) || Gates.WithheldFor(via, answer.Scope) is not null) return (named.Count, []);
        var ways = via == PeerVia.Friend
            ? friends.Givers(infoHash).Select(Tunnel)
            : named.Select(p => IPEndPoint.TryParse(p.Address ?? "", out var at) ? at : null).OfType<IPEndPoint>()
                .Select(Bridge);
        return (named.Count, [.. ways.Take(PeersMax)]);
    }

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

        if (ways.Count > 0) await KeepAsync(infoHash, ways, cancellation);
    }

    private async Task KeepAsync(string infoHash, IReadOnlyList<Way> ways, CancellationToken cancellation)
    {
        NodeLog.TorrentJoined(log, infoHash, ways.Count);
        var ih = new Hash160(Convert.FromHexString(infoHash));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var kept = ways.Select(w => KeepAsync(w, ih, ended.Token)).ToList();
        try
        {
            using var looks = new PeriodicTimer(LookEvery, time);
            while (await IsWantedAsync(ih, cancellation)) await looks.WaitForNextTickAsync(cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(kept);
        }
    }

    private async Task KeepAsync(Way way, Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                try
                {
                    await way(ih, cancellation);
                }
                catch (Exception silent) when (silent is PeerException or CarrierException)
                {
                    // It is tried again.
                }

                await Task.Delay(AgainAfter, time, cancellation);
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
