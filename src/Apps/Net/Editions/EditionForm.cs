namespace Anarchive.Net;

/// <summary>What the rows of an edition are.</summary>
public enum EditionForm
{
    /// <summary>Observations of one fleet with their order, and tombstones; never an import.</summary>
    Fleet,

    /// <summary>Totals over fleets.</summary>
    Totals,

    /// <summary>Observations taken over from a collection, without order: kept here and given to nobody.</summary>
    Collection,
}

/// <summary>What a row is read by.</summary>
/// <param name="Cut">The chains that rows of a fleet name; otherwise empty.</param>
/// <param name="K">Fleets that a total stands for at least.</param>
public sealed record RowRules(string Part, EditionForm Form, IReadOnlyList<PartCut> Cut, int K)
{
    public static RowRules Of(PartEdition edition) => new(
        edition.Part, edition.Ring == EditionRing.Friends ? EditionForm.Fleet : EditionForm.Totals, edition.Cut,
        edition.K);

    /// <summary>For what was taken over from a collection of markers.</summary>
    public static RowRules Collection { get; } = new(MarkerObserved.PartName, EditionForm.Collection, [], 1);
}
