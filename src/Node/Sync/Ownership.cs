using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Who owns a hive, who comes next, and what is under way.</summary>
public sealed record OwnershipView(
    GroupId Group, NodeId Owner, NodeId Founder, IReadOnlyList<string> Heirs, int Quorum,
    IReadOnlyList<Proposal> Proposals);

/// <summary>What an heir, a moderator or the owner does about a succession.</summary>
public enum SuccessionAct
{
    Propose,
    Veto,
    Endorse,
    Succeed,
}

/// <summary>Hands hives over: by the owner's own word, or by heirs and moderators where the owner is silent.</summary>
public sealed class Ownership(
    LogWriter writer, HiveNames names, TakesNoPart takesNoPart, MirrorOf mirrorOf, NodeKey key, IEventReader reader,
    NodeClock clock)
{
    private static readonly Problem NotTheOwner =
        new("not_the_owner", 403, "Only the hive's owner may do this.");

    public (OwnershipView? View, Problem? Problem) Show(string hive)
    {
        if (Find(hive) is not { } group) return (null, Problem.NotFound("hive"));
        var authority = writer.AuthorityOf(group);
        var (heirs, quorum) = authority.Heirs;
        return (
            new OwnershipView(group, authority.Owner, authority.Founder, heirs, quorum, authority.Proposals()), null);
    }

    /// <summary>This node's signed word that it will own the hive; its owner hands it to the present one.</summary>
    public (string? Text, Problem? Problem) Consent(string hive)
    {
        if (Find(hive) is not { } group) return (null, Problem.NotFound("hive"));
        var owner = writer.AuthorityOf(group).Owner;
        if (owner == writer.Self) return (null, new Problem("already_owner", 409, "This node owns the hive already."));
        if (WhyApart(group) is { } apart) return (null, apart);
        if (writer.StandingIn(group) is var standing && standing != Refusal.None)
            return (null, GroupWrites.Refused(standing));
        var from = writer.Durable(group).ReachOf(writer.Self);
        var signature = key.Sign(OwnerConsent.SignedBytes(group, owner, writer.Self, from));
        var consent = new OwnerConsent(
            group.ToString(), owner.ToString(), writer.Self.ToString(), from, key.Statements,
            Base64UrlText.Encode(signature));
        return (consent.Write(), null);
    }

    /// <summary>
    /// Makes another member the owner, with its consent; durable when it returns. A dry run only says whether it could.
    /// </summary>
    public async Task<Problem?> TransferAsync(
        string hive, string instanceId, string consentText, bool dryRun, CancellationToken cancellation)
    {
        if (Find(hive) is not { } group) return Problem.NotFound("hive");
        if (writer.AuthorityOf(group).Owner != writer.Self) return NotTheOwner;
        if (WhyApart(group) is { } apart) return apart;
        if (!NodeId.TryParse(instanceId, out var next))
            return new Problem("bad_instance_id", 400, "A node's id begins with an1 and has 59 characters.");
        if (!writer.IsMember(group, next) || next == writer.Self) return Problem.NotFound("member");
        var after = writer.Durable(group).ReachOf(writer.Self);
        var transfer = OwnerConsent.TryParse(consentText) is { } consent
            && consent.Group == group.ToString() && consent.InstanceId == instanceId
                ? new OwnerTransferred(instanceId, consent.From, after, consent.Keys, consent.Cosignature)
                : null;
        if (transfer is null || !OwnerConsent.Holds(transfer, group, writer.Self, new SodiumVerifier()))
            return new Problem(
                "bad_consent", 400, "This is not that node's consent to own this hive: have it make another.");
        var draft = new Draft(EngineKinds.OwnerTransferred, EngineKinds.Write(transfer), []);
        return await GroupWrites.TryAsync(writer, group, draft, dryRun, cancellation);
    }

    /// <summary>Names heirs, first first, and how many moderators must agree; durable when it returns.</summary>
    public async Task<Problem?> NameHeirsAsync(
        string hive, IReadOnlyList<string> heirs, int quorum, CancellationToken cancellation)
    {
        if (Find(hive) is not { } group) return Problem.NotFound("hive");
        if (writer.AuthorityOf(group).Owner != writer.Self) return NotTheOwner;
        if (WhyApart(group) is { } apart) return apart;
        var nodes = heirs.Select(h => NodeId.TryParse(h, out var node) ? node : (NodeId?)null).ToArray();
        if (nodes.Any(n => n is null || !writer.IsMember(group, n.Value) || n == writer.Self)
            || nodes.Distinct().Count() != nodes.Length || nodes.Length > Limits.HeirsMax)
            return new Problem("bad_heirs", 400, "Heirs are up to 16 other members, each named once.");
        if (quorum is < 1 or > 1_000)
            return new Problem("bad_quorum", 400, "At least one moderator must agree.");
        var draft = new Draft(EngineKinds.HeirsNamed, EngineKinds.Write(new HeirsNamed([.. heirs], quorum)), []);
        return await GroupWrites.TryAsync(writer, group, draft, cancellation);
    }

    public Task<Problem?> ActAsync(string hive, SuccessionAct act, CancellationToken cancellation)
    {
        if (Find(hive) is not { } group) return Task.FromResult<Problem?>(Problem.NotFound("hive"));
        if (WhyApart(group) is { } apart) return Task.FromResult<Problem?>(apart);
        var authority = writer.AuthorityOf(group);
        var (draft, problem) = act switch
        {
            SuccessionAct.Propose => Propose(group, authority),
            SuccessionAct.Veto => Veto(authority),
            SuccessionAct.Endorse => Endorse(group, authority),
            _ => Succeed(group, authority),
        };
        return draft is null
            ? Task.FromResult(problem)
            : GroupWrites.TryAsync(writer, group, draft, cancellation);
    }

    private (Draft? Draft, Problem? Problem) Propose(GroupId group, Authority authority)
    {
        if (!authority.Heirs.Nodes.Contains(writer.Self.ToString()))
            return (null, new Problem("not_an_heir", 403, "This node is no heir of the hive."));
        if (authority.Proposals().Any(p => p.Heir == writer.Self && !p.IsVetoed))
            return (null, new Problem("already_proposed", 409, "This node has proposed itself already."));
        var last = writer.Durable(group).Heads.Where(h => h.Key.Origin == authority.Owner)
            .Select(h => reader.Find(group, new Position(h.Key, h.Value.Seq))?.Header.Hlc.UnixMs ?? clock.NowMs())
            .DefaultIfEmpty(clock.NowMs()).Max();
        return clock.NowMs() < last + Limits.OwnerSilentMs
            ? (null, new Problem("owner_not_silent", 409, "The owner wrote within the last 30 days."))
            : (new Draft(EngineKinds.SuccessionProposed, EngineKinds.Write(new SuccessionProposed(last)), []), null);
    }

    private (Draft? Draft, Problem? Problem) Veto(Authority authority)
    {
        if (authority.Owner != writer.Self) return (null, NotTheOwner);
        return authority.Proposals().FirstOrDefault(p => !p.IsVetoed) is { } open
            ? (new Draft(EngineKinds.SuccessionVetoed, EngineKinds.Write(new SuccessionVetoed()), [open.Ref]), null)
            : (null, Problem.NotFound("proposal"));
    }

    private (Draft? Draft, Problem? Problem) Endorse(GroupId group, Authority authority)
    {
        var agent = authority.Moderators().Where(m => m.Origin == writer.Self).Select(m => m.AgentId).Order()
            .FirstOrDefault();
        if (agent is null || authority.GrantOf(writer.Self, agent) is not { } grant)
            return (null, new Problem("not_a_moderator", 403, "No agent of this node moderates the hive."));
        if (Open(authority, out var problem) is not { } open) return (null, problem);
        var last = writer.Durable(group).ReachOf(authority.Owner);
        var payload = EngineKinds.Write(new SuccessionEndorsed(agent, last));
        return (new Draft(EngineKinds.SuccessionEndorsed, payload, [open.Ref, grant]), null);
    }

    private (Draft? Draft, Problem? Problem) Succeed(GroupId group, Authority authority)
    {
        if (authority.Proposals().All(p => p.Heir != writer.Self)) return (null, Problem.NotFound("proposal"));
        if (Open(authority, out var problem, writer.Self) is not { } open) return (null, problem);
        if (open.Endorsements.Count < Math.Max(1, authority.Heirs.Quorum))
            return (null, new Problem("no_quorum", 409, "Too few moderators have endorsed the succession."));
        ChainSeq[] endorsements = [.. open.Endorsements.Select(e => new ChainSeq(
            e.Chain.Origin.ToString(), e.Chain.Incarnation.ToString(), e.Seq))];
        var payload = EngineKinds.Write(
            new OwnerSucceeded(writer.Durable(group).ReachOf(writer.Self), endorsements));
        return (new Draft(EngineKinds.OwnerSucceeded, payload, [open.Ref]), null);
    }

    /// <summary>The first heir's proposal that stands and has waited long enough for a veto.</summary>
    private Proposal? Open(Authority authority, out Problem? problem, NodeId? of = null)
    {
        problem = Problem.NotFound("proposal");
        var heirs = authority.Heirs.Nodes.ToList();
        var open = authority.Proposals().Where(p => !p.IsVetoed && (of is null || p.Heir == of))
            .OrderBy(p => heirs.IndexOf(p.Heir.ToString())).FirstOrDefault();
        if (open is null || clock.NowMs() >= open.ProposedMs + Limits.VetoMs) return open;
        problem = new Problem("veto_time_runs", 409, "The owner has 72 hours to say no: try again when they are over.");
        return null;
    }

    private Problem? WhyApart(GroupId group) => GroupWrites.WhyApart(group, takesNoPart, mirrorOf);

    private GroupId? Find(string hive) => names.Find(hive) is { } group && writer.Holds(group) ? group : null;
}
