using System.Collections.Concurrent;
using System.Threading.Channels;
using Anarchive.Log;
using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>A pairing that this node asked for.</summary>
/// <param name="Words">To be compared with those on the other screen.</param>
/// <param name="Code">Why it came to nothing; null otherwise.</param>
public sealed record PairingCall(
    string Id, InviteKind Kind, NodeId With, string Words, PairingState State, string? Code);

/// <summary>Pastes of pairing texts: asks the other node until its owner has decided.</summary>
public sealed class PairingCalls : BackgroundService
{
    private const int WaitingMax = 32;

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PairingCall> _calls = new();
    private readonly Channel<Introduction> _asking = Channel.CreateBounded<Introduction>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly PeerClient _client;
    private readonly RingBook _rings;
    private readonly LogWriter _writer;
    private readonly Sharing _sharing;
    private readonly PeerLoop _loop;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;

    public PairingCalls(
        PeerClient client, RingBook rings, LogWriter writer, Sharing sharing, PeerLoop loop, NodeOptions options,
        TimeProvider time)
    {
        (_client, _rings, _writer, _sharing) = (client, rings, writer, sharing);
        (_loop, _options, _time) = (loop, options, time);
    }

    public IReadOnlyList<PairingCall> All => [.. _calls.Values.OrderBy(c => c.Id, StringComparer.Ordinal)];

    public PairingCall? Find(string id) => _calls.GetValueOrDefault(id);

    /// <summary>Asks for the first time; the words are there when it returns.</summary>
    /// <exception cref="PeerException">Nobody answers there, or the text is not known.</exception>
    public async Task<PairingCall> AskAsync(InviteText invite, CancellationToken cancellation)
    {
        var introduction = Introduction.ToPairing(invite, _options.Name ?? Environment.MachineName);
        var call = await AskAsync(introduction, cancellation);
        if (call.State == PairingState.Asked) await _asking.Writer.WriteAsync(introduction, cancellation);
        return call;
    }

    /// <summary>Stops asking: the words differ.</summary>
    public bool Withdraw(string id)
    {
        if (Find(id) is not { State: PairingState.Asked } call) return false;
        return _calls.TryUpdate(id, call with { State = PairingState.Denied, Code = "pairing_withdrawn" }, call);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var waiting = new List<Introduction>();
        try
        {
            while (true)
            {
                if (waiting.Count == 0) waiting.Add(await _asking.Reader.ReadAsync(stoppingToken));
                while (_asking.Reader.TryRead(out var more)) waiting.Add(more);
                await Task.Delay(AskEvery, _time, stoppingToken);
                foreach (var introduction in waiting.ToList())
                    if (await IsDoneAsync(introduction, stoppingToken)) waiting.Remove(introduction);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task<bool> IsDoneAsync(Introduction introduction, CancellationToken cancellation)
    {
        if (Find(introduction.Id) is not { State: PairingState.Asked }) return true;
        try
        {
            return (await AskAsync(introduction, cancellation)).State != PairingState.Asked;
        }
        catch (PeerException)
        {
            // Away for a moment, perhaps: the other side says when the time is over.
            return false;
        }
    }

    private async Task<PairingCall> AskAsync(Introduction introduction, CancellationToken cancellation)
    {
        var (invite, state, code) = (introduction.Invite, PairingState.Asked, (string?)null);
        try
        {
            var welcome = await _client.GreetAsync(
                invite.Endpoint, KnownPeer.ScopeOfTyped(invite.Endpoint), invite.Issuer, [], introduction,
                cancellation);
            await TakeAsync(invite, welcome, cancellation);
            state = PairingState.Accepted;
        }
        catch (PeerException answer) when (answer.Code == "awaits_approval")
        {
            // Asked anew in a moment.
        }
        catch (PeerException answer) when (answer.Code is "pairing_denied" or "invite_lapsed")
        {
            (state, code) = (answer.Code == "invite_lapsed" ? PairingState.Lapsed : PairingState.Denied, answer.Code);
        }

        return _calls[introduction.Id] = new PairingCall(
            introduction.Id, invite.Kind, invite.Issuer, introduction.Words ?? "", state, code);
    }

    private async Task TakeAsync(InviteText invite, WelcomeMessage welcome, CancellationToken cancellation)
    {
        await _rings.AddAsync(invite.Issuer, invite.Kind, PairingDesk.Tidy(welcome.Name), cancellation);
        if (invite.Kind == InviteKind.Device)
        {
            await _writer.FollowAsync(invite.Group, "fleet", "fleet", cancellation);
            await _sharing.FollowAsync(invite.Group, invite.Issuer, cancellation);
        }

        await _loop.GreetedAsync(invite.Issuer, welcome, cancellation);
    }
}
