using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>Reads facts out of events.</summary>
internal static class FactReading
{
    /// <summary>The facts with one more; null where the event adds none.</summary>
    public static Facts? With(Facts f, VerifiedEvent e) => e.Content switch
    {
        GroupCreated genesis when e.Header.IsGenesis =>
            Open(f with { Genesis = genesis, GenesisHeader = e.Header }, e, genesis.Keys, e.Ref, null),
        ChainOpened opened => Open(f, e, opened.Keys, Cited(e), opened.After),
        KeyRecovered recovered => Open(f, e, recovered.Keys, Cited(e), recovered.After),
        NodeAdmitted admitted => Admit(f, e, admitted),
        NodeRemoved removed when NodeId.TryParse(removed.InstanceId, out var node) && Map(removed.After) is { } after =>
            f with { Removals = With(f.Removals, node, new Ended(e.Header, after)) },
        ModeratorChanged { Action: "add" } added when Subject(added.Subject) is { } subject =>
            f with { Grants = f.Grants.SetItem(e.Ref, new Grant(subject, e.Header)) },
        ModeratorChanged { Action: "remove" } ended
            when Subject(ended.Subject) is { } subject && Map(ended.After ?? []) is { } after =>
            f with { GrantEnds = With(f.GrantEnds, subject, new Ended(e.Header, after)) },
        IncarnationEndorsed endorsed when NodeId.TryParse(endorsed.InstanceId, out var node)
            && Incarnation.TryParse(endorsed.Incarnation, out var incarnation) && Map(endorsed.After) is { } after =>
            f with
            {
                Endorsements = With(
                    f.Endorsements, node, new Endorsed(e.Header, new ChainId(node, incarnation), after)),
            },
        EditionPublished edition when Wire.TryReadHeads(edition.Vector) is { } heads =>
            f with
            {
                Editions = f.Editions.Add(new EditionFact(
                    e.Header, VersionVector.From(heads), HashOf(edition.FileHash), HashOf(edition.StateRoot))),
            },
        _ => OfOwners(f, e),
    };

    private static Facts? OfOwners(Facts f, VerifiedEvent e) => e.Content switch
    {
        HeirsNamed heirs when heirs.Heirs.Count <= Limits.HeirsMax =>
            f with { Heirs = f.Heirs.Add((e.Header, heirs)) },
        OwnerTransferred transfer when NodeId.TryParse(transfer.InstanceId, out var to)
            && Map(transfer.From) is { } from && Map(transfer.After) is { } after =>
            f with { Transfers = f.Transfers.Add(new Transfer(e.Header, to, from, after)) },
        SuccessionProposed proposed when proposed.LastMs is >= 0 and < 1L << 48 =>
            f with { Proposals = f.Proposals.SetItem(e.Ref, (e.Header, proposed.LastMs)) },
        SuccessionVetoed => f with { Vetoes = f.Vetoes.Add(e.Header) },
        SuccessionEndorsed vote when Map(vote.Last) is { } last =>
            f with { Votes = f.Votes.SetItem(e.Ref.Position, new SuccessionVote(e.Header, vote.AgentId, last)) },
        OwnerSucceeded succeeded
            when Map(succeeded.From) is { } from && Places(succeeded.Endorsements) is { } votes =>
            f with { Successions = f.Successions.Add(new Succession(e.Header, from, votes)) },
        _ => null,
    };

    private static Facts? Open(
        Facts f, VerifiedEvent e, IReadOnlyList<KeyStatement> keys, EventRef? cited, IReadOnlyList<ChainSeq>? after)
    {
        // An opening of a test, or one that intake would have refused, says nothing of keys.
        if (KeyChain.StepsOf(keys) is not { } steps || (after is not null && Map(after) is null)) steps = [];
        var known = f.Openings.GetValueOrDefault(e.Header.Origin, []).RemoveAll(o => o.Chain == e.Header.Chain);
        var map = after is null || steps.Count == 0 ? null : Map(after);
        var opening = new Opening(e.Header, steps, cited, map);
        return f with { Openings = f.Openings.SetItem(e.Header.Origin, known.Add(opening)) };
    }

    private static Facts? Admit(Facts f, VerifiedEvent e, NodeAdmitted admitted)
    {
        if (!NodeId.TryParse(admitted.InstanceId, out var node)) return null;
        if (!Base64UrlText.TryDecode(admitted.Inception, out var inception)) return null;
        return f with
        {
            Admissions = f.Admissions.SetItem(e.Ref, new Admission(node, inception, e.Header)),
            AdmissionsOf = f.AdmissionsOf.SetItem(node, f.AdmissionsOf.GetValueOrDefault(node, []).Add(e.Ref)),
        };
    }

    private static EventRef? Cited(VerifiedEvent e) => e.Header.Refs.Count > 0 ? e.Header.Refs[0] : null;

    private static ImmutableDictionary<ChainId, long>? Map(IReadOnlyList<ChainSeq> after) => Authority.AfterMap(after);

    private static List<Position>? Places(IReadOnlyList<ChainSeq> places)
    {
        var read = new List<Position>(places.Count);
        foreach (var place in places)
        {
            if (place is null || Wire.TryReadChain(place.Origin, place.Incarnation) is not { } chain) return null;
            read.Add(new Position(chain, place.Seq));
        }

        return read;
    }

    private static Hash256? HashOf(string text) => Base64UrlText.TryDecode(text, out var hash) ? hash : null;

    private static (NodeId, string)? Subject(AgentSubject subject) =>
        NodeId.TryParse(subject.InstanceId, out var node) ? (node, subject.AgentId) : null;

    private static ImmutableDictionary<TKey, ImmutableList<T>> With<TKey, T>(
        ImmutableDictionary<TKey, ImmutableList<T>> lists, TKey key, T one)
        where TKey : notnull => lists.SetItem(key, lists.GetValueOrDefault(key, []).Add(one));
}
