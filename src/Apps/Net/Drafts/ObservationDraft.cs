using Anarchive.Rings;

namespace Anarchive.Net;

/// <summary>A local file as drafts need it: no path, no name, no title.</summary>
/// <param name="Keys">One to four that mean it; none where it has none.</param>
/// <param name="Scope">Decides whether others may hear of it.</param>
public sealed record DraftFile(IReadOnlyList<string> Keys, ItemScope Scope)
{
    /// <summary>Keys that may leave this node: all of them, or none.</summary>
    public IReadOnlyList<DisclosableKey> Disclosable =>
        [.. Keys.Select(k => DisclosableKey.TryMake(k, Scope)).OfType<DisclosableKey>()];
}

/// <summary>An observation that obeys the rules, and the keys that it needs to be written.</summary>
public sealed record ObservationDraft(IObservation Observed, IReadOnlyList<DisclosableKey> Keys);

/// <summary>What was not drafted.</summary>
/// <param name="File">Its place among the files that were given.</param>
/// <param name="What">A part's name, or a marker's type.</param>
/// <param name="Fault">
/// <see cref="ObservationDrafts.Private"/>, <see cref="ObservationDrafts.NoKey"/>, or the member that breaks a rule.
/// </param>
public readonly record struct RefusedDraft(int File, string What, string Fault);

/// <summary>Gathers observations of several files, each valid or refused with a reason.</summary>
/// <param name="at">Unix hours.</param>
public sealed class ObservationDrafts(long at)
{
    /// <summary>The file is sensitive, or its source is not known to be open.</summary>
    public const string Private = "private";

    /// <summary>The file is too short for a hash of OpenSubtitles', and has no other key.</summary>
    public const string NoKey = "no_key";

    /// <summary>The program and the version of its ways of finding things out.</summary>
    public const string Tool = "anarchive 1";

    private readonly List<ObservationDraft> _made = [];
    private readonly List<RefusedDraft> _refused = [];

    public IReadOnlyList<ObservationDraft> Made => _made;

    public IReadOnlyList<RefusedDraft> Refused => _refused;

    internal long At => at;

    /// <summary>Drafts what ffprobe and the name say of a file's quality.</summary>
    /// <param name="probe">Null where the file has no picture.</param>
    /// <param name="source">From the name.</param>
    public void AddQuality(int place, DraftFile file, ProbedFile? probe, SourceKind source)
    {
        if (Keys(place, file, QualityObserved.PartName) is not { } keys) return;
        Add(place, QualityObserved.PartName, keys, new QualityObserved(
            QualityObserved.PartName, NetRules.Version, Texts(keys), Method.Probe, Tool, 100, at, source, [], probe));
    }

    /// <summary>Drafts which episode or film a file is. Without a work that its owner names, it says nothing.</summary>
    public void AddGrouping(int place, DraftFile file, ReleaseName name, IReadOnlyList<WorkId> works)
    {
        if (Keys(place, file, GroupingObserved.PartName) is not { } keys) return;
        string? fault = "work";
        var facts = works.Count > 0 ? NameGrouping.Read(name, works, out fault) : null;
        if (facts is null)
        {
            _refused.Add(new RefusedDraft(place, GroupingObserved.PartName, fault!));
            return;
        }

        Add(place, GroupingObserved.PartName, keys, new GroupingObserved(
            GroupingObserved.PartName, NetRules.Version, Texts(keys), Method.Manual, Tool, 100, at,
            [.. works.Select(w => w.Whole.ToString()).Distinct()], facts.Kind, facts.Season, facts.Episodes,
            facts.Absolute, facts.FilePart));
    }

    /// <summary>The file's keys; null, and noted why, where it has none or none that may leave this node.</summary>
    internal IReadOnlyList<DisclosableKey>? Keys(int place, DraftFile file, string what)
    {
        var keys = file.Disclosable;
        if (keys.Count > 0) return keys;
        _refused.Add(new RefusedDraft(place, what, file.Keys.Count == 0 ? NoKey : Private));
        return null;
    }

    internal void Add(int place, string what, IReadOnlyList<DisclosableKey> keys, IObservation observed)
    {
        if (NetRules.FaultOf(observed) is { } fault) _refused.Add(new RefusedDraft(place, what, fault));
        else _made.Add(new ObservationDraft(observed, keys));
    }

    internal static IReadOnlyList<string> Texts(IReadOnlyList<DisclosableKey> keys) => [.. keys.Select(k => k.Text)];
}
