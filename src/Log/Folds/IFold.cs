namespace Anarchive.Log;

/// <summary>
/// Turns a group's events into state. The result depends on the set of events alone: never on their order, on
/// repetition or on the time of day.
/// </summary>
public interface IFold
{
    /// <summary>Kinds this fold reads.</summary>
    IReadOnlySet<Kind> Kinds { get; }

    /// <summary>Folds one event. Called once per event, in any order that arrives.</summary>
    void Apply(VerifiedEvent e);
}
