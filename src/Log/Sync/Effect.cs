namespace Anarchive.Log;

/// <summary>The events of a chain after a seq.</summary>
public readonly record struct Want(ChainId Chain, long After);

/// <summary>What a session asks of its surroundings. Each ends in exactly one input that names it.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Dial the peer and shake hands: <see cref="Input.Greeted"/>.</summary>
    public sealed record Greet : Effect;

    /// <summary>Send a heartbeat that conveys <paramref name="Ours"/>: <see cref="Input.BeatAnswered"/>.</summary>
    public sealed record Beat(
        IReadOnlyList<GroupBeat> Groups, IReadOnlyList<KeyValuePair<GroupId, VersionVector>> Ours) : Effect;

    /// <summary>Reply to the heartbeat of that ticket. Nothing comes back.</summary>
    public sealed record Answer(long Ticket, IReadOnlyList<GroupBeat> Groups) : Effect;

    /// <summary>Fetch the peer's whole vector: <see cref="Input.StatusAnswered"/>.</summary>
    public sealed record FetchStatus(GroupId Group) : Effect;

    /// <summary>Fetch events: <see cref="Input.Fetched"/>, then <see cref="Input.Stored"/> after intake.</summary>
    public sealed record Pull(long Id, GroupId Group, IReadOnlyList<Want> Wants, int EventsMax, int BytesMax) : Effect;

    /// <summary>Send events after these places: <see cref="Input.PushAnswered"/>.</summary>
    public sealed record Push(
        long Id,
        GroupId Group,
        IReadOnlyList<Want> Runs,
        VersionVector Ours,
        int EventsMax,
        int BytesMax) : Effect;

    /// <summary>Another peer may be this group's source now: give the other sessions a tick.</summary>
    public sealed record SourceFree(GroupId Group) : Effect;
}
