using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Folds the events of one hive into its rows.</summary>
/// <remarks>
/// One thread. For each batch: the authority folds it first, then <see cref="Apply"/> takes each event, then
/// <see cref="Rejudge"/> is called once. A hollow event whose payload comes later is taken by <see cref="Fill"/>.
/// </remarks>
public sealed class HiveFold : IFold
{
    private readonly Authority _authority;
    private readonly List<Position> _erasures = [];
    private readonly PostFold _posts;
    private readonly VoteFold _votes;
    private readonly MemberFold _members;
    private readonly ActFold _acts;

    public HiveFold(IHiveRows rows, Authority authority)
    {
        _authority = authority;
        _posts = new PostFold(rows, _erasures);
        _votes = new VoteFold(rows);
        _members = new MemberFold(rows);
        _acts = new ActFold(rows, authority, _posts, _members, new SettingsFold(rows), _votes);
    }

    public IReadOnlySet<Kind> Kinds => HivesApp.Kinds;

    public void Apply(VerifiedEvent e)
    {
        var header = e.Header;
        switch (e.Content)
        {
            case CommentCreated comment:
                _posts.Create(header, ItemKind.Comment, comment.Agent.AgentId);
                break;
            case VoteCast vote when _authority.Genesis is { } genesis:
                _votes.Cast(header, vote, genesis.VotePrivacy);
                break;
            case VoteTallied tally when _authority.Genesis is { } genesis:
                _votes.Tally(header, tally, genesis.VotePrivacy);
                break;
            case PostCreated post:
                _posts.Create(header, ItemKind.Post, post.Agent.AgentId);
                break;
            case PostUpdated post:
                _posts.Update(header, FieldsOf(post));
                break;
            case CommentUpdated:
                _posts.Update(header, EditFields.Content);
                break;
            case PostDeleted or CommentDeleted when IsOwnTarget(header):
                _posts.Delete(header.Refs[0]);
                break;
            case MembershipChanged { Action: MembershipAction.Join or MembershipAction.Leave } change:
                _members.Move(header, change);
                break;
            case IHivePayload act:
                _acts.Add(header, act);
                break;
            case null:
                ApplyWithoutContent(e);
                break;
        }
    }

    /// <summary>Folds an event again that was hollow when <see cref="Apply"/> took it.</summary>
    public void Fill(VerifiedEvent e)
    {
        switch (e.Content)
        {
            case PostCreated post:
                _posts.Create(e.Header, ItemKind.Post, post.Agent.AgentId, again: true);
                break;
            case CommentCreated comment:
                _posts.Create(e.Header, ItemKind.Comment, comment.Agent.AgentId, again: true);
                break;
            case null when e.Header.Kind.Name is "post_created" or "comment_created":
                _posts.Retract(e.Header);
                break;
            default:
                Apply(e);
                break;
        }
    }

    /// <summary>Judges acts of rank again where the authority has changed; free where it has not.</summary>
    public void Rejudge() => _acts.Rejudge();

    /// <summary>Positions whose payload must be erased, collected since the last call.</summary>
    public IReadOnlyList<Position> TakeErasures()
    {
        if (_erasures.Count == 0) return [];
        var taken = _erasures.ToArray();
        _erasures.Clear();
        return taken;
    }

    // A hollow event or an inert one. Only posts, comments and their updates may be hollow.
    private void ApplyWithoutContent(VerifiedEvent e)
    {
        switch (e.Header.Kind.Name)
        {
            case "post_created" when e.IsHollow:
                _posts.Create(e.Header, ItemKind.Post, null);
                break;
            case "comment_created" when e.IsHollow:
                _posts.Create(e.Header, ItemKind.Comment, null);
                break;
            case "post_updated" or "comment_updated" when e.IsHollow:
                _posts.Update(e.Header, EditFields.None);
                break;
        }
    }

    private static EditFields FieldsOf(PostUpdated post) =>
        (post.Title is null ? 0 : EditFields.Title)
        | (post.Content is null ? 0 : EditFields.Content)
        | (post.Url is null ? 0 : EditFields.Url);

    private static bool IsOwnTarget(EventHeader header) =>
        header.Refs.Count is 1 or 2 && header.Refs[0].Chain.Origin == header.Origin;
}
