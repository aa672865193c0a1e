using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>The vote of one voter of one origin on one target.</summary>
public sealed record VoteRow(NodeId Origin, string Voter, EventRef Target, int Value, LastWriterWins Order);

/// <summary>What one origin's agents gave a target, where votes stay home.</summary>
public sealed record TallyRow(NodeId Origin, EventRef Target, long Up, long Down, LastWriterWins Order);

/// <summary>Whether an agent joined or left, as its own node says.</summary>
public sealed record MemberRow(NodeId Instance, string AgentId, bool Joined, LastWriterWins Order);

/// <summary>The ban or unban of an agent that is in force.</summary>
/// <param name="Instance">The subject's node.</param>
/// <param name="AgentId">The subject.</param>
/// <param name="Banned">False after an unban.</param>
/// <param name="After">The last accepted seq per incarnation of the subject's node; 0 where none is listed.</param>
/// <param name="Order">Who decided, and when.</param>
public sealed record BanRow(
    NodeId Instance,
    string AgentId,
    bool Banned,
    IReadOnlyDictionary<Incarnation, long> After,
    OwnerFirst Order)
{
    /// <summary>True where the ban hides what the subject wrote at this place.</summary>
    public bool Hides(Position written) =>
        Banned && written.Chain.Origin == Instance && written.Seq > After.GetValueOrDefault(written.Chain.Incarnation);
}

/// <summary>The value of a setting that is in force. Without a row, genesis has it.</summary>
public sealed record SettingRow(string Key, string Value, OwnerFirst Order);

/// <summary>
/// An event whose effect depends on the authority of its writer, which may become known later, with the rank it was
/// last judged to have. Header and payload stand in the log at its position; a store of rows need keep the rank only.
/// </summary>
public sealed record ActRow(EventHeader Header, IHivePayload Content, int Rank);
