using System.Diagnostics;

namespace Anarchive.Log;

/// <summary>Whether a peer answers.</summary>
public enum Contact
{
    /// <summary>Not tried yet.</summary>
    New,

    /// <summary>The last exchange succeeded.</summary>
    Up,

    /// <summary>The last exchange failed; another follows after a wait.</summary>
    Down,
}

/// <summary>One shared group; <paramref name="Theirs"/> is null before the peer spoke of it.</summary>
public sealed record LaneView(
    GroupId Group,
    VersionVector Ours,
    VersionVector? Theirs,
    int ParkedThere,
    int RefusedThere,
    bool Dropped,
    bool Left);

/// <summary>The protocol with one peer, as a function: no clock, no socket, no waiting.</summary>
/// <remarks>
/// Contact comes first: a handshake where no token is held, otherwise a heartbeat; failures back off. While the peer
/// answers, each shared group has a lane that pulls what the peer advertises and pushes what it lacks. The
/// acknowledgement is the peer's durable vector, taken from its own messages only, so there is no queue per peer and a
/// lost message costs one heartbeat. A peer that cannot be dialled is only answered: it pulls and pushes from its side.
/// Single-threaded; the caller keeps inputs in order.
/// </remarks>
public sealed class SyncSession(NodeId peer, Sources sources, int heartbeatMs = Limits.HeartbeatMs)
{
    private readonly SortedDictionary<GroupId, Lane> _lanes = [];
    private readonly Backoff _backoff = new();
    private bool _hasToken;
    private bool _speaking;

    // Welcomed, and no heartbeat answered since.
    private bool _unproved;

    // Its last fresh token did not serve: its greetings say no more than its welcomes.
    private bool _refused;
    private long _nextMs = long.MaxValue;
    private long _spokeMs = long.MinValue / 2;
    private long _ids;

    public NodeId Peer { get; } = peer;

    public Contact Contact { get; private set; }

    /// <summary>False while the peer does all the asking.</summary>
    public bool CanDial { get; private set; } = true;

    /// <summary>Unix milliseconds of the last message from the peer; null before any.</summary>
    public long? HeardMs { get; private set; }

    public int Failures => _backoff.Failures;

    /// <summary>Ten failures in a row; still tried every ten minutes.</summary>
    public bool IsError => _backoff.IsError;

    /// <summary>When to send a tick at the latest.</summary>
    public long WakeAtMs { get; private set; } = long.MaxValue;

    /// <summary>Groups exchanged with this peer, in order.</summary>
    public IEnumerable<GroupId> Groups => _lanes.Keys;

    /// <summary>What the peer is known to hold durably; null before it spoke of the group.</summary>
    public VersionVector? TheirsOf(GroupId group) => LaneOf(group)?.Theirs;

    /// <summary>The peer said that it takes no part in the group any more.</summary>
    public bool HasLeft(GroupId group) => LaneOf(group) is { Left: true };

    public IReadOnlyList<LaneView> Lanes =>
    [
        .. _lanes.Values.Select(l => new LaneView(
            l.Group, l.Ours, l.Theirs, l.ParkedThere, l.RefusedThere, l.Dropped, l.Left)),
    ];

    public IReadOnlyList<Effect> Step(Input input)
    {
        var effects = new List<Effect>();
        Take(input, effects);
        if (!CanDial)
        {
            WakeAtMs = long.MaxValue;
            return effects;
        }

        if (Contact == Contact.Up)
            foreach (var lane in _lanes.Values) lane.Next(input.At, ref _ids, effects);
        Speak(input.At, effects);
        WakeAtMs = Math.Min(
            _speaking ? long.MaxValue : _nextMs,
            _lanes.Values.Min(l => l.WakeAtMs(input.At.Ms)) ?? long.MaxValue);
        return effects;
    }

    private void Take(Input input, List<Effect> effects)
    {
        switch (input)
        {
            case Input.Tick:
                break;
            case Input.Start start:
                _hasToken |= start.HasToken;
                _nextMs = start.At.Ms;
                break;
            case Input.News news:
                if (Contact == Contact.Up) SpeakSoon(news.At);
                break;
            case Input.Reach reach:
                CanDial = reach.CanDial;
                _nextMs = reach.At.Ms;
                break;
            case Input.Shared shared:
                Share(shared);
                break;
            case Input.Unshared unshared:
                if (_lanes.Remove(unshared.Group) && sources.Free(unshared.Group, Peer))
                    effects.Add(new Effect.SourceFree(unshared.Group));
                break;
            case Input.Flushed flushed:
                if (LaneOf(flushed.Group) is { } lane) Flush(lane, flushed.Ours, flushed.At);
                break;
            case Input.Failed failed:
                Fail(failed, effects);
                break;
            default:
                TakeMessage(input, effects);
                break;
        }
    }

    private void TakeMessage(Input input, List<Effect> effects)
    {
        HeardMs = input.At.Ms;
        switch (input)
        {
            case Input.Greeted greeted:
                Greeted(greeted);
                break;
            case Input.Called called:
                _hasToken = true;
                Heard();
                foreach (var lane in _lanes.Values) lane.Told = VersionVector.Empty;
                if (!_refused) SpeakSoon(called.At);
                break;
            case Input.BeatCame came:
                Answer(came, effects);
                break;
            case Input.BeatAnswered answered:
                (_speaking, _unproved, _refused) = (false, false, false);
                foreach (var (group, ours) in answered.Sent.Ours)
                    if (LaneOf(group) is { } lane) lane.Told = ours;
                _backoff.Clear();
                Succeed(answered.At);
                Hear(answered.Groups, effects);
                break;
            case Input.StatusAnswered status:
                if (LaneOf(status.Group) is not { } asked) break;
                asked.AsksStatus = false;
                asked.Heard(status.Theirs);
                break;
            case Input.Fetched fetched:
                LaneOf(fetched.Pull.Group)?.Fetched(fetched.Pull, fetched.Ends);
                break;
            case Input.Stored stored:
                LaneOf(stored.Pull.Group)?.Stored(stored.Pull, stored.Ours, stored.Refused);
                break;
            case Input.PushAnswered pushed:
                LaneOf(pushed.Push.Group)?.PushAnswered(pushed);
                break;
            case Input.Offered offered:
                LaneOf(offered.Group)?.Offered(offered.Ends);
                break;
            case Input.Delivered delivered:
                LaneOf(delivered.Group)?.Delivered(delivered.Heads);
                break;
            case Input.Left left:
                if (LaneOf(left.Group) is { } quit) quit.Left = true;
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What ends a chain here ends it there too, and texts that it had deleted are owed again.</summary>
    private void Flush(Lane lane, VersionVector ours, Moment at)
    {
        if (lane.Flushed(ours) && Contact == Contact.Up) SpeakSoon(at);
    }

    private void Share(Input.Shared shared)
    {
        if (LaneOf(shared.Group) is { } known)
        {
            Flush(known, shared.Ours, shared.At);
            return;
        }

        _lanes.Add(shared.Group, new Lane(shared.Group, Peer, sources, shared.Ours));
        // Both sides have to know before anything moves.
        if (Contact == Contact.Up) _nextMs = Math.Min(_nextMs, shared.At.Ms);
    }

    private void Greeted(Input.Greeted greeted)
    {
        // A welcome alone clears no backoff: of a peer that refuses the heartbeat after it, it says nothing.
        (_speaking, _hasToken, _unproved) = (false, true, true);
        Succeed(greeted.At);
        foreach (var lane in _lanes.Values) lane.Told = VersionVector.Empty;
        foreach (var (group, theirs) in greeted.Groups) LaneOf(group)?.Heard(theirs);
        // The proof named groups only: the vectors follow in a heartbeat, at once.
        _nextMs = greeted.At.Ms;
    }

    /// <summary>Of a peer that cannot be dialled, its own calls are all the contact there is.</summary>
    private void Heard()
    {
        if (!CanDial) Contact = Contact.Up;
    }

    private void Answer(Input.BeatCame came, List<Effect> effects)
    {
        Heard();
        effects.Add(new Effect.Answer(came.Ticket, [.. Spoken().Select(l => l.Beat())]));
        Hear(came.Groups, effects);
        // Sooner than the peer speaks again: only who speaks asks for what it lacks, so both have to have their turn.
        var later = came.At.Ms + Backoff.Jitter(heartbeatMs * 2 / 3, came.At.Dice);
        if (Contact != Contact.Up) SpeakSoon(came.At);
        else if (_nextMs > came.At.Ms) _nextMs = later;
    }

    private void Hear(IReadOnlyList<GroupBeat> groups, List<Effect> effects)
    {
        foreach (var beat in groups)
        {
            if (LaneOf(beat.Group) is not { } lane) continue;
            lane.Left = false;
            if (lane.Heard(beat) || lane.AsksStatus || Contact != Contact.Up || !CanDial) continue;
            lane.AsksStatus = true;
            effects.Add(new Effect.FetchStatus(beat.Group));
        }
    }

    private void Fail(Input.Failed failed, List<Effect> effects)
    {
        var at = failed.At;
        var isContact = failed.What is Effect.Greet or Effect.Beat;
        if (isContact) _speaking = false;
        else if (LaneOf(GroupOf(failed.What)) is { } lane) lane.Failed(failed.What, failed.Why, at.Ms + failed.RetryMs);
        switch (failed.Why)
        {
            case Failure.Throttled when isContact:
                _nextMs = at.Ms + failed.RetryMs;
                return;
            case Failure.Throttled:
                return;
            case Failure.NotFound when failed.What is Effect.Beat:
                // The token lapsed or was forgotten there. A fresh one that does not serve is a failure like others.
                (_hasToken, _nextMs) = (false, at.Ms);
                if (!_unproved) return;
                _refused = true;
                GoDown(at, effects);
                return;
            case Failure.NotFound when !isContact:
                _nextMs = Math.Min(_nextMs, at.Ms + Backoff.Jitter(Limits.BackoffFirstMs, at.Dice));
                return;
            default:
                if (isContact || Contact == Contact.Up) GoDown(at, effects);
                return;
        }
    }

    private void GoDown(Moment at, List<Effect> effects)
    {
        (Contact, _unproved) = (Contact.Down, false);
        _nextMs = at.Ms + _backoff.Fail(at.Dice);
        foreach (var lane in _lanes.Values)
        {
            lane.Reset();
            if (sources.Free(lane.Group, Peer)) effects.Add(new Effect.SourceFree(lane.Group));
        }
    }

    private void Succeed(Moment at)
    {
        Contact = Contact.Up;
        _nextMs = at.Ms + Backoff.Jitter(heartbeatMs, at.Dice);
    }

    /// <summary>The peer is alive: no need to wait out a backoff, but never more often than once a second.</summary>
    private void SpeakSoon(Moment at) =>
        _nextMs = Math.Min(_nextMs, Math.Max(at.Ms, _spokeMs + Limits.BackoffFirstMs));

    private void Speak(Moment at, List<Effect> effects)
    {
        if (Contact == Contact.Up)
        {
            if (_lanes.Values.Any(l => l.Finished)) _nextMs = at.Ms;
            if (_lanes.Values.Any(l => l.AwaitsCredit)) SpeakSoon(at);
            if (_lanes.Values.Any(l => l.NeedsNudge))
                _nextMs = Math.Min(_nextMs, Math.Max(at.Ms, _spokeMs + Limits.NudgeMs));
        }

        if (_speaking || at.Ms < _nextMs) return;
        (_speaking, _spokeMs) = (true, at.Ms);
        if (!_hasToken)
        {
            effects.Add(new Effect.Greet());
            return;
        }

        var lanes = Spoken().ToList();
        effects.Add(new Effect.Beat(
            [.. lanes.Select(l => l.Beat())], [.. lanes.Select(l => KeyValuePair.Create(l.Group, l.Ours))]));
    }

    private IEnumerable<Lane> Spoken() => _lanes.Values.Where(l => !l.Left);

    private Lane? LaneOf(GroupId? group) => group is { } id ? _lanes.GetValueOrDefault(id) : null;

    private static GroupId? GroupOf(Effect effect) => effect switch
    {
        Effect.Pull pull => pull.Group,
        Effect.Push push => push.Group,
        Effect.FetchStatus status => status.Group,
        _ => null,
    };
}
