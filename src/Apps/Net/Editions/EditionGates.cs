using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>The gates that need a manifest alone: who says it, what it follows, how large it is.</summary>
/// <remarks>Nothing is fetched for an edition before these have opened.</remarks>
public static class EditionGates
{
    /// <summary>The manifest where it can be read; null with a refusal otherwise.</summary>
    public static PartEdition? Read(EditionClaim claim, out EditionVerdict verdict)
    {
        verdict = new EditionVerdict.Refuse(EditionGate.Manifest, "payload");
        if (claim.Kind != NetApp.PartEditionPublished) return null;
        if (NetPayloads.ReadPayload(claim.Kind, claim.Payload.Span) is not PartEdition edition) return null;
        verdict = EditionVerdict.Pass.Instance;
        return edition;
    }

    /// <summary>Gates 1 to 4, in order.</summary>
    public static EditionVerdict Check(EditionClaim claim, PartEdition edition, EditionStanding standing)
    {
        if (PublisherFault(claim, edition, standing) is { } wrong)
            return new EditionVerdict.Refuse(EditionGate.Publisher, wrong);
        if (!claim.IsSigned) return new EditionVerdict.Refuse(EditionGate.Signature, "signature");
        if (edition.Publisher != claim.Origin.ToString())
            return new EditionVerdict.Refuse(EditionGate.Signature, "publisher");
        var sequence = Sequence(claim, edition, standing);
        if (sequence is not EditionVerdict.Pass) return sequence;
        return SizeFault(edition) is { } size
            ? new EditionVerdict.Refuse(EditionGate.Size, size)
            : EditionVerdict.Pass.Instance;
    }

    /// <summary>The member that is beyond its ring's bounds; publishers ask it too.</summary>
    public static string? SizeFault(PartEdition edition)
    {
        if (edition.File.Bytes > EditionLimits.FileBytesMax(edition.Ring)) return "bytes";
        return edition.File.RawBytes > EditionLimits.RawBytesMax(edition.Ring) ? "raw_bytes" : null;
    }

    private static string? PublisherFault(EditionClaim claim, PartEdition edition, EditionStanding standing)
    {
        if (claim.Group != standing.Group || edition.Group != standing.Group.ToString()) return "group";
        if (edition.Part != standing.Part) return "part";
        if (edition.Ring != standing.Ring) return "ring";
        return standing.MayPublish(claim.Origin) ? null : "publisher";
    }

    private static EditionVerdict Sequence(EditionClaim claim, PartEdition edition, EditionStanding standing)
    {
        if (standing.Held is { } held && held.Id == claim.Id) return EditionVerdict.Held.Instance;
        // Two of one number are a contradiction, whichever of them came first.
        if (standing.Manifests.Any(m => m.Value.Seq == edition.Seq && m.Key != claim.Id))
            return new EditionVerdict.Quarantine(EditionSuspicion.Equivocation);
        if (Follows(claim.Id, edition, standing) is { } broken) return broken;
        // Those below are what a delta at the pin changes.
        if (standing.Pin is { } pin && edition.Seq > pin)
            return new EditionVerdict.Refuse(EditionGate.Sequence, "pin");
        if (standing.Pin is null && edition.ExpiresAt <= standing.NowHours)
            return new EditionVerdict.Refuse(EditionGate.Sequence, "expires_at");
        if (edition.Created > standing.NowHours + EditionLimits.ClockAheadHours)
            return new EditionVerdict.Refuse(EditionGate.Sequence, "created");
        return edition.From is { } from && from != standing.Held?.Seq
            ? new EditionVerdict.NeedsEdition(from)
            : EditionVerdict.Pass.Instance;
    }

    /// <summary>Null where it leads, without a gap, from the edition that is here, or from the first one.</summary>
    private static EditionVerdict? Follows(EventId id, PartEdition edition, EditionStanding standing)
    {
        if (standing.Held is { } held && edition.Seq <= held.Seq)
        {
            // An owner may ask for an earlier one, but only for one that the present one followed.
            var isAncestor = standing.Manifests.TryGetValue(held.Id, out var present)
                && Walk(held.Id, present, id, edition.Seq, standing) is null;
            if (!isAncestor) return new EditionVerdict.Quarantine(EditionSuspicion.Downgrade);
            return edition.Seq <= standing.Pin ? null : new EditionVerdict.Refuse(EditionGate.Sequence, "seq");
        }

        return Walk(id, edition, standing.Held?.Id, standing.Held?.Seq ?? 0, standing);
    }

    /// <summary>Goes back by <c>prev</c> to the edition of <paramref name="endSeq"/>, which must be that one.</summary>
    private static EditionVerdict? Walk(
        EventId id, PartEdition edition, EventId? end, long endSeq, EditionStanding standing)
    {
        for (var steps = 0; edition.Seq > endSeq; steps++)
        {
            if (edition.Prev is not { } text)
                return endSeq == 0 ? null : new EditionVerdict.Quarantine(EditionSuspicion.Equivocation);
            if (steps >= EditionLimits.ChainMax) return new EditionVerdict.Refuse(EditionGate.Sequence, "prev");
            var prev = new EventId(new Hash256(Convert.FromHexString(text)));
            if (!standing.Manifests.TryGetValue(prev, out var before)) return new EditionVerdict.NeedsManifest(prev);
            if (before.Seq != edition.Seq - 1 || string.CompareOrdinal(before.Week, edition.Week) > 0)
                return new EditionVerdict.Refuse(EditionGate.Sequence, "prev");
            (id, edition) = (prev, before);
        }

        return end is null || id == end ? null : new EditionVerdict.Quarantine(EditionSuspicion.Equivocation);
    }
}
