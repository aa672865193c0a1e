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

    /// <summary>Forgets every row of a group, before all that may be seen of it is applied again.</summary>
    void Clear(GroupId group);

    /// <summary>Writes what is still in memory; the commit follows at once.</summary>
    void Flush();

    /// <summary>Positions whose payload must be erased, collected since the last call.</summary>
    IReadOnlyList<(GroupId Group, Position Position)> TakeErasures();
}
