using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Folds an application's events into rows, inside the writer's transaction and on its thread.</summary>
public interface IProjection
{
    /// <summary>The kind of group it folds: hive, part or fleet.</summary>
    string GroupKind { get; }

    /// <summary>Grows when the rows change shape or meaning; a start then folds every group anew.</summary>
    int Version { get; }

    /// <summary>Reads this application's payloads.</summary>
    IPayloadSchema Schema { get; }

    /// <summary>Folds a batch; rows may stay in memory until <see cref="Flush"/>.</summary>
    void Apply(VerifiedBatch batch, Authority authority);

    /// <summary>Folds an event again whose payload was owed and has come.</summary>
    void Fill(VerifiedEvent e, Authority authority);

    /// <summary>
    /// Forgets every row of a group and every erasure asked for and not taken, before all that may be seen of it is
    /// applied again.
    /// </summary>
    void Clear(GroupId group);

    /// <summary>Writes what is still in memory; the commit follows at once.</summary>
    void Flush();

    /// <summary>
    /// What the folded state still needs of an event: all of it, its header alone, or nothing (null). Folding what is
    /// needed gives the same state.
    /// </summary>
    Event? Keep(VerifiedEvent e, Authority authority);

    /// <summary>The state digest of a group's rows as they are in this transaction.</summary>
    Hash256 StateOf(GroupId group);

    /// <summary>Forgets what is in memory: the transaction it belongs to has been rolled back.</summary>
    void Forget();

    /// <summary>Positions whose payload must be erased, collected since the last call.</summary>
    IReadOnlyList<(GroupId Group, Position Position)> TakeErasures();
}
