using System.Threading.Channels;
using Anarchive.Log;
using Anarchive.Rings;
using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>Pastes of pairing texts: asks the other node until both owners have decided.</summary>
/// <remarks>
/// Nothing of a welcome is written down before this node's owner has said that the words match: whoever made the text
/// may let this node in at once, and may not be whom the owner thinks. Safe from any thread.
/// </remarks>
public sealed class PairingCalls : BackgroundService
{
    /// <summary>Pairings that may be asked for at once.</summary>
    public const int Max = 32;

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    private readonly List<CallAtWork> _calls = [];
    private readonly Channel<bool> _begun = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly PeerClient _client;
    private readonly PeerBook _peers;
    private readonly TokenBook _tokens;
    private readonly RingBook _rings;
    private readonly OwnFleet _fleet;
    private readonly PeerLoop _loop;
    private readonly NodeName _name;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;

    public PairingCalls(
        PeerClient client, PeerBook peers, TokenBook tokens, RingBook rings, OwnFleet fleet, PeerLoop loop,
        NodeName name, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_client, _peers, _tokens, _rings, _fleet) = (client, peers, tokens, rings, fleet);
        (_loop, _name, _lifetime, _time) = (loop, name, lifetime, time);
    }

    public IReadOnlyList<PairingCall> All
    {
        get
        {
            lock (_calls) return [.. Known().Where(c => c.HasWords).Select(c => c.View())];
        }
    }

    public PairingCall? Find(string id) => All.FirstOrDefault(c => c.Id == id);

    /// <summary>
    /// Asks for the first time; the words are there when it returns. A text that waits already is asked for as before.
    /// Null where too many wait.
    /// </summary>
    /// <exception cref="PeerException">Nobody answers there, or the text is not known.</exception>
    public async Task<PairingCall?> AskAsync(InviteText invite, CancellationToken cancellation)
    {
        CallAtWork call;
        Task begun;
        lock (_calls)
        {
            if (Waiting(PairingDesk.IdOf(invite)) is { } waiting)
            {
                call = waiting;
            }
            else
            {
                if (Known().Count(c => c.State == PairingState.Asked) >= Max) return null;
                var introduction = Introduction.ToPairing(invite, _name.Current);
                call = new CallAtWork(introduction, Now() + Limits.PairingLifetimeMs);
                _calls.RemoveAll(c => c.Id == call.Id);
                _calls.Add(call);
            }

            // For all who bring it meanwhile: it outlives the request of the first.
            begun = call.Begun ??= Task.Run(() => BeginAsync(call), CancellationToken.None);
        }

        await begun.WaitAsync(cancellation);
        lock (_calls) return call.View();
    }

    /// <summary>This node's owner says that the words match; null where nothing waits for that.</summary>
    public async Task<PairingCall?> MatchAsync(string id, CancellationToken cancellation)
    {
        CallAtWork call;
        lock (_calls)
        {
            if (Waiting(id) is not { HasWords: true } waiting) return null;
            (call = waiting).IsMatched = true;
        }

        await TakeAsync(call, cancellation);
        lock (_calls) return call.View();
    }

    /// <summary>Stops asking, for the words differ; null where nothing waits for that.</summary>
    public async Task<PairingCall?> WithdrawAsync(string id, CancellationToken cancellation)
    {
        CallAtWork call;
        lock (_calls)
        {
            if (Waiting(id) is not { HasWords: true, IsTaking: false } waiting) return null;
            End(call = waiting, PairingState.Denied, "pairing_withdrawn");
        }

        await ForgetAsync(call, cancellation);
        lock (_calls) return call.View();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Side by side: one node that does not answer holds up nobody.
        var running = new Dictionary<CallAtWork, Task>();
        try
        {
            while (true)
            {
                if (running.Count == 0 && Asked().Count == 0) await _begun.Reader.ReadAsync(stoppingToken);
                await Task.Delay(AskEvery, _time, stoppingToken);
                foreach (var call in Asked())
                    if (!running.ContainsKey(call)) running.Add(call, FollowAsync(call, stoppingToken));
                foreach (var (call, task) in running.Where(r => r.Value.IsCompleted).ToList())
                {
                    running.Remove(call);
                    await task;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            await ((Task)Task.WhenAll(running.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeginAsync(CallAtWork call)
    {
        var cancellation = _lifetime.ApplicationStopping;
        try
        {
            await MeetAsync(call, cancellation);
            if (call.State == PairingState.Asked) _begun.Writer.TryWrite(true);
            else await ForgetAsync(call, cancellation);
        }
        catch (PeerException)
        {
            lock (_calls) _calls.Remove(call);
            await ForgetAsync(call, cancellation);
            throw;
        }
    }

    /// <summary>Asks again where the other owner has not decided yet, and ends what is over.</summary>
    private async Task FollowAsync(CallAtWork call, CancellationToken cancellation)
    {
        bool asks;
        lock (_calls)
        {
            if (IsOver(call)) End(call, PairingState.Lapsed, "invite_lapsed");
            asks = call is { State: PairingState.Asked, Met: null };
        }

        try
        {
            if (asks) await MeetAsync(call, cancellation);
            await TakeAsync(call, cancellation);
        }
        catch (PeerException)
        {
            // Away for a moment, perhaps.
        }

        bool ended;
        lock (_calls) ended = call.State is PairingState.Denied or PairingState.Lapsed;
        if (ended) await ForgetAsync(call, cancellation);
    }

    /// <summary>Asks once; what comes of it counts only where the owner has not said no meanwhile.</summary>
    private async Task MeetAsync(CallAtWork call, CancellationToken cancellation)
    {
        try
        {
            var invite = call.Invite;
            var met = await _client.MeetAsync(
                invite.Endpoint, KnownPeer.ScopeOfTyped(invite.Endpoint), invite.Issuer, [], call.Introduction,
                cancellation);
            lock (_calls) call.Met = met;
        }
        catch (PeerException answer) when (answer.Code == "awaits_approval")
        {
            // Asked anew in a moment.
        }
        catch (PeerException answer) when (Outcome(answer.Code, isFirst: !call.HasWords) is (var state, var code))
        {
            lock (_calls) End(call, state, code);
        }
    }

    /// <summary>How a call ends; null where that may change. A refusal of the first one is told at once.</summary>
    private static (PairingState State, string Code)? Outcome(string code, bool isFirst) => code switch
    {
        "pairing_denied" => (PairingState.Denied, code),
        "invite_lapsed" => (PairingState.Lapsed, code),
        "invite_used" when !isFirst => (PairingState.Denied, code),
        // It has been started anew, and knows nothing of the text any more.
        "not_found" when !isFirst => (PairingState.Lapsed, "invite_unknown"),
        _ => null,
    };

    /// <summary>Writes the pairing down where both owners have said yes.</summary>
    private async Task TakeAsync(CallAtWork call, CancellationToken cancellation)
    {
        Greeting met;
        lock (_calls)
        {
            if (call is not { State: PairingState.Asked, IsMatched: true, IsTaking: false, Met: { } welcomed }) return;
            (call.IsTaking, met) = (true, welcomed);
        }

        try
        {
            var invite = call.Invite;
            if (invite.Kind == InviteKind.Device && !await _fleet.JoinAsync(invite, cancellation))
            {
                lock (_calls) End(call, PairingState.Denied, "in_another_fleet");
                return;
            }

            // What the owner pasted is tried before all addresses known so far.
            await _peers.TypedAsync(invite.Issuer, met.At, cancellation);
            await _peers.GreetedAsync(
                invite.Issuer, met.At, PeerSource.Manual, met.Welcome.Token, met.Identity, cancellation);
            await _rings.AddAsync(invite.Issuer, invite.Kind, PairingDesk.Tidy(met.Welcome.Name), cancellation);
            lock (_calls) End(call, PairingState.Accepted, null);
            await _loop.GreetedAsync(invite.Issuer, met.Welcome, cancellation);
        }
        finally
        {
            lock (_calls) call.IsTaking = false;
        }
    }

    /// <summary>Ends the tokens of a node with which it came to nothing; friends and devices keep theirs.</summary>
    private async Task ForgetAsync(CallAtWork call, CancellationToken cancellation)
    {
        if (!_rings.Holds(call.Invite.Issuer)) await _tokens.RevokeAsync(call.Invite.Issuer, cancellation);
    }

    private List<CallAtWork> Asked()
    {
        lock (_calls) return [.. _calls.Where(c => c is { State: PairingState.Asked, HasWords: true })];
    }

    /// <summary>Those that are still shown: an ended one for a while.</summary>
    private List<CallAtWork> Known()
    {
        _calls.RemoveAll(c => c.State != PairingState.Asked && c.ExpiresMs <= Now());
        return _calls;
    }

    private CallAtWork? Waiting(string id) =>
        _calls.Find(c => c.Id == id && c.State == PairingState.Asked && !IsOver(c));

    private bool IsOver(CallAtWork call) =>
        call is { State: PairingState.Asked, IsTaking: false } && call.ExpiresMs <= Now();

    private void End(CallAtWork call, PairingState state, string? code)
    {
        if (call.State != PairingState.Asked) return;
        (call.State, call.Code) = (state, code);
        call.ExpiresMs = Now() + Limits.PairingLifetimeMs;
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
