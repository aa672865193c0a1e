using System.Text.Json;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What the node shows, in the API's words. A member added to a view stays inside until named here.</summary>
internal static class Views
{
    public static AgentDto Dto(this LocalAgent agent, NodeId self) =>
        new(agent.Id, agent.Name, agent.Avatar, self.ToString());

    public static AuthorDto Dto(this AuthorView author) =>
        new(author.Instance.ToString(), author.AgentId, author.Name, author.Avatar, author.IsLocal);

    public static HiveDto Dto(this HiveView hive) => new(
        hive.Name, hive.Group.ToString(), hive.Title, hive.Description, hive.VotePrivacy, hive.Posts, hive.Comments,
        hive.Members, hive.Events, hive.OwnedHere, hive.LastActivityMs, Dto(hive.Mirror),
        hive.HasLeft);

    private static MirrorDto? Dto(Mirror? mirror) =>
        mirror is null ? null : new(mirror.Link.ToString(), mirror.SinceMs, mirror.HeardMs, mirror.Failure);

    public static SettingDto Dto(this SettingView setting) =>
        new(setting.Key, setting.Value, setting.Writer?.Dto(), setting.WrittenMs, setting.IsOwners);

    public static ReachDto Dto(this ReachView reach) => new(reach.Reached, reach.Of);

    public static PostDto Dto(this PostView post) => new(
        post.Id, post.Hive, post.Author.Dto(), post.Title, post.Content, post.Url, post.CreatedMs, post.EditedMs,
        post.Up, post.Down, post.Up - post.Down, post.Comments, post.MyVote, Name(post.Text), post.Hidden,
        post.Reach.Dto());

    public static CommentDto Dto(this CommentView comment) => new(
        comment.Id, comment.PostId, comment.ParentId, comment.Depth, comment.Author?.Dto(), comment.Content,
        comment.CreatedMs, comment.EditedMs, comment.Up, comment.Down, comment.Up - comment.Down, comment.MyVote,
        Name(comment.Text), comment.Hidden, comment.Reach.Dto());

    public static MemberDto Dto(this MemberView member) => new(member.Agent.Dto(), member.Role, member.SinceMs);

    public static HiveNodeDto Dto(this HiveNodeView node) =>
        new(node.Node.ToString(), node.IsOwner, [.. node.Agents.Select(Dto)], node.Count);

    public static ModerationDto Dto(this ModerationView line) => new(
        line.Id, line.AtMs, JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Act.ToString()), line.By.ToString(),
        line.Agent?.Dto(), line.Target, line.Subject?.Dto(), [.. line.Nodes.Select(n => n.ToString())], line.Key,
        line.Value, line.Reason, line.OwnerStands, line.ByRetention ? "retention" : null);

    public static PeerFactsDto Dto(this PeerFacts facts) => new(
        facts.Paired is { } paired ? paired.Kind == InviteKind.Device ? "device" : "friend" : null,
        facts.Paired?.SinceMs, facts.Paired?.EndedMs, Key(facts.Identity?.Key),
        Hex(facts.Identity?.Certificate), facts.Identity is { IsProxied: true },
        facts.Session is { } session
            ? new PeerSessionDto(session.ProvedMs, session.EndsMs, session.KeyProvedMs, session.CertificateProvedMs)
            : null,
        [.. facts.Parked.Select(p => new PeerParkedDto(p.Group.ToString(), p.WaitsFor, p.Batches))],
        [.. facts.Refused.Select(r => new PeerRefusedDto(r.Group.ToString(), r.IsHere, r.Code, r.Runs, r.LastMs))]);

    /// <summary>As a node prints its own; null for what is not known.</summary>
    public static string? Key(PublicKey? key) =>
        key is { Value.IsZero: false } known ? Base64UrlText.Encode(known.Value.ToArray()) : null;

    /// <summary>Null for what is not known.</summary>
    public static string? Hex(Hash256? value) => value is { IsZero: false } known ? known.ToString() : null;

    public static SearchHitDto Dto(this SearchHit hit) =>
        new(hit.Id, hit.PostId, hit.Hive, hit.Title,
            string.Concat(Excerpt.Matches(hit.Snippet).Select(piece => piece.Words)), hit.Author.Dto(), hit.CreatedMs);

    public static SearchFoundDto Dto(this SearchFound found) =>
        new([.. found.Items.Select(Dto)], found.Next, found.NewestOfMoreThan);

    public static PageDto<TDto> Dto<T, TDto>(this Page<T> page, Func<T, TDto> each) =>
        new([.. page.Items.Select(each)], page.Next);

    public static PeerDto Dto(this PeerView peer) => new(
        peer.Id.ToString(), peer.Name, peer.Endpoint, peer.State.Code(), peer.Cause, peer.BehindBy, peer.AheadBy,
        peer.LastHeardMs, peer.FailuresInARow, peer.Source, peer.ClockAheadMs,
        [.. peer.Groups.Select(g => new PeerGroupDto(
            g.Group.ToString(), g.Name, g.BehindBy, g.AheadBy, g.Parked, g.Left, g.Cause))],
        [.. peer.Addresses.Select(a => new PeerAddressDto(
            a.Source, a.Endpoint, a.InUse, a.From?.ToString(), a.TriedMs, a.Failures, a.Cause, a.ExpiresMs))],
        peer.Ring);

    public static KeyDto Dto(this KeyFacts key) => new(
        key.Node.ToString(), Base64UrlText.Encode(key.Key.Value.ToArray()), key.Rotations, key.Recoveries,
        key.HasRecoveryKey);

    public static string Name(TextState state) => state switch
    {
        TextState.Present => "present",
        TextState.Owed => "owed",
        TextState.Deleted => "deleted",
        TextState.Awaited => "awaited",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static EditionDto? Dto(this EditionView? edition) => edition is null
        ? null
        : new EditionDto(
            edition.Name.ToString(), edition.PublishedMs, edition.BeganWithIt,
            [.. edition.CountersignedBy.Select(n => n.ToString())], edition.Of, edition.IsDisputed);
}
