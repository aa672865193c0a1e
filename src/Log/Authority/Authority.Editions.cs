using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>An edition that an owner of the group published, and the members who came to the same state.</summary>
/// <param name="Ref">The owner's event that published it.</param>
/// <param name="Owner">The node that made it.</param>
/// <param name="File">Its name.</param>
/// <param name="StateRoot">The state as of its vector, as the owner says.</param>
/// <param name="Vector">What it covers.</param>
/// <param name="PublishedMs">When, Unix milliseconds.</param>
/// <param name="CountersignedBy">Members now, other than its maker, each once and in order.</param>
public sealed record PublishedEdition(
    EventRef Ref, NodeId Owner, Hash256 File, Hash256 StateRoot, VersionVector Vector, long PublishedMs,
    IReadOnlyList<NodeId> CountersignedBy);

/// <content>
/// Editions and countersignatures. These say something of an edition and bear on nothing else, so they stand beside
/// the facts by which chains and ranks are judged.
/// </content>
public sealed partial class Authority
{
    private volatile ImmutableDictionary<EventRef, ImmutableList<(EventHeader Writer, Hash256 Root)>> _countersigned =
        ImmutableDictionary<EventRef, ImmutableList<(EventHeader Writer, Hash256 Root)>>.Empty;

    /// <summary>The last edition an owner published; null where there is none.</summary>
    public PublishedEdition? NewestEdition() => Newest(null);

    /// <summary>The edition of that name; null where no owner's event that is here published it.</summary>
    public PublishedEdition? FindEdition(Hash256 file) => Newest(file);

    private PublishedEdition? Newest(Hash256? file)
    {
        var now = Now;
        EditionFact? newest = null;
        foreach (var edition in now.Facts.Editions)
        {
            if (edition is not { File: { } name, Root: not null } || (file is { } wanted && name != wanted)) continue;
            if (!now.RulesAndStands(edition.Writer)) continue;
            if (newest is null || Ruling.IsLater(edition.Writer, newest.Writer)) newest = edition;
        }

        return newest is { File: { } found, Root: { } root }
            ? new PublishedEdition(
                newest.Writer.Ref,
                newest.Writer.Origin,
                found,
                root,
                newest.Vector,
                newest.Writer.Hlc.UnixMs,
                CountersignedBy(now, newest.Writer, root))
            : null;
    }

    private NodeId[] CountersignedBy(Ruling now, EventHeader edition, Hash256 root) =>
    [
        .. _countersigned.GetValueOrDefault(edition.Ref, [])
            .Where(c => c.Root == root && c.Writer.Origin != edition.Origin
                && now.IsMember(c.Writer.Origin) && now.IsSeen(c.Writer))
            .Select(c => c.Writer.Origin).Distinct().Order(),
    ];

    private void Countersign(EventHeader writer, EditionCountersigned content)
    {
        if (writer.Refs.Count != 1 || !Base64UrlText.TryDecode(content.StateRoot, out var root)) return;
        var known = _countersigned.GetValueOrDefault(writer.Refs[0], []);
        // A rebuild, or a store that is opened, may bring one twice.
        if (known.Exists(c => c.Writer.Id == writer.Id)) return;
        _countersigned = _countersigned.SetItem(writer.Refs[0], known.Add((writer, root)));
    }
}
