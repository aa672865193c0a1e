using System.Security.Cryptography;
using System.Text;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>The log of one hive, written by several nodes; the owner's first event founds it.</summary>
internal sealed class HiveLog
{
    private readonly List<VerifiedEvent> _events = [];

    public HiveLog(string votePrivacy = VotePrivacy.PerAgent)
    {
        Owner = new HiveWriter(this, "owner", 1);
        var genesis = new GroupCreated(
            HivesApp.GroupKind, HivesApp.DefaultRing, votePrivacy, ModeratorsAdmit: false, [], 0,
            new Dictionary<string, string>(StringComparer.Ordinal), []);
        Genesis = Owner.Write("group_created", EngineKinds.Write(genesis));
        Group = Genesis.Header.EffectiveGroup;
    }

    public HiveWriter Owner { get; }

    public VerifiedEvent Genesis { get; }

    public GroupId Group { get; private set; }

    /// <summary>In the order they were written.</summary>
    public IReadOnlyList<VerifiedEvent> Events => _events;

    /// <summary>Another node; a second incarnation of it where the number differs.</summary>
    public HiveWriter Node(string name, ulong incarnation = 1) => new(this, name, incarnation);

    /// <summary>The same event without its payload.</summary>
    public VerifiedEvent Hollow(VerifiedEvent e) => new(Group, new Event(e.Header, null), null);

    internal VerifiedEvent Add(VerifiedEvent e)
    {
        _events.Add(e);
        return e;
    }
}

/// <summary>One chain of a <see cref="HiveLog"/>.</summary>
internal sealed class HiveWriter(HiveLog log, string name, ulong incarnation)
{
    private long _seq;
    private EventId _prev;
    private ulong _hlc = 1_000_000UL << 16;

    public NodeId Node { get; } = NodeId.Of(Encoding.UTF8.GetBytes(name));

    public ChainId Chain => new(Node, new Incarnation(incarnation));

    public long Seq => _seq;

    /// <summary>Agent <paramref name="number"/> of this node.</summary>
    public string Agent(int number = 0) => new((char)('a' + number), HiveLimits.AgentIdLength);

    public AgentSubject Subject(int number = 0) => new(Node.ToString(), Agent(number));

    /// <summary>This chain's entry in an <c>after</c> list.</summary>
    public ChainSeq After(long seq) => new(Node.ToString(), Chain.Incarnation.ToString(), seq);

    /// <summary>Moves this chain's clock on.</summary>
    public HiveWriter Later(ulong by = 1000)
    {
        _hlc += by;
        return this;
    }

    public VerifiedEvent Post(string title = "A title", int agent = 0) =>
        Write(new PostCreated(new AgentProfile(Agent(agent), "Ada"), title, "Text", "https://example.org/"));

    public VerifiedEvent Comment(EventRef post, EventRef? parent = null, int agent = 0) => Write(
        new CommentCreated(new AgentProfile(Agent(agent), "Ada"), "Text"),
        parent is { } p ? [post, p] : [post]);

    public VerifiedEvent Vote(EventRef target, int value, int agent = 0) =>
        Write(new VoteCast(Agent(agent), value), target);

    public VerifiedEvent EditPost(EventRef post, string? title = null, string? content = null, string? url = null) =>
        Write(new PostUpdated(Agent(), title, content, url), post);

    public VerifiedEvent DeletePost(EventRef post, EventRef? grant = null, int agent = 0) =>
        Write(new PostDeleted(Agent(agent)), grant is { } g ? [post, g] : [post]);

    public VerifiedEvent Set(string key, string value, EventRef? grant = null, int agent = 0) =>
        Write(new HiveSettingChanged(Agent(agent), key, value), grant is { } g ? [g] : []);

    public VerifiedEvent Membership(
        string action, AgentSubject subject, EventRef? grant = null, IReadOnlyList<ChainSeq>? after = null,
        int agent = 0) =>
        Write(new MembershipChanged(Agent(agent), subject, action, after), grant is { } g ? [g] : []);

    /// <summary>Makes an agent moderator, or takes that back from <paramref name="after"/> on.</summary>
    public VerifiedEvent Moderator(string action, AgentSubject subject, params IReadOnlyList<ChainSeq> after) =>
        Write("moderator_changed", EngineKinds.Write(new ModeratorChanged(subject, action, after)));

    public VerifiedEvent Write(IHivePayload payload, params IReadOnlyList<EventRef> refs)
    {
        var bytes = HivePayloads.Write(payload, out var fault) ?? throw new InvalidOperationException($"{fault}");
        return Write(KindOf(payload), bytes, refs);
    }

    public VerifiedEvent Write(string kind, byte[] payload, params IReadOnlyList<EventRef> refs)
    {
        var salt = SHA256.HashData(Encoding.UTF8.GetBytes($"{Chain}{_seq}")).AsMemory(0, Limits.SaltBytes);
        var content = new Payload(salt, payload);
        var header = EventHeader.Write(new EventFields
        {
            Kind = new Kind(kind),
            Group = log.Group,
            Chain = Chain,
            Seq = ++_seq,
            Prev = _prev,
            Hlc = new Hlc(++_hlc),
            PayloadLength = payload.Length,
            PayloadHash = content.Hash(),
            Refs = refs,
        });
        _prev = header.Id;
        var read = HivesApp.Schema.Read(header.Kind, payload) ?? EngineKinds.Schema.Read(header.Kind, payload);
        return log.Add(new VerifiedEvent(header.EffectiveGroup, new Event(header, content), read));
    }

    public static string KindOf(IHivePayload payload) => payload switch
    {
        PostCreated => "post_created",
        PostUpdated => "post_updated",
        PostDeleted => "post_deleted",
        CommentCreated => "comment_created",
        CommentUpdated => "comment_updated",
        CommentDeleted => "comment_deleted",
        VoteCast => "vote_cast",
        VoteTallied => "vote_tallied",
        HiveSettingChanged => "hive_setting_changed",
        MembershipChanged => "membership_changed",
        _ => throw new ArgumentException("Not a payload of Hives.", nameof(payload)),
    };
}
