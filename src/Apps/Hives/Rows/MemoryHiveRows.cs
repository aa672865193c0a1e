using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Rows of one hive in memory.</summary>
public sealed class MemoryHiveRows : IHiveRows
{
    private readonly Dictionary<EventRef, ItemRow> _items = [];
    private readonly Dictionary<EventRef, List<EditRow>> _edits = [];
    private readonly Dictionary<(NodeId Origin, string Voter, EventRef Target), VoteRow> _votes = [];
    private readonly Dictionary<(NodeId Origin, EventRef Target), TallyRow> _tallies = [];
    private readonly Dictionary<(NodeId Instance, string AgentId), MemberRow> _members = [];
    private readonly Dictionary<(NodeId Instance, string AgentId), BanRow> _bans = [];
    private readonly Dictionary<string, SettingRow> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<Position, ActRow> _acts = [];

    public IReadOnlyCollection<ItemRow> Items => _items.Values;

    public IReadOnlyCollection<VoteRow> Votes => _votes.Values;

    public IReadOnlyCollection<TallyRow> Tallies => _tallies.Values;

    public IReadOnlyCollection<MemberRow> Members => _members.Values;

    public IReadOnlyCollection<BanRow> Bans => _bans.Values;

    public IReadOnlyCollection<SettingRow> Settings => _settings.Values;

    public ItemRow? FindItem(in EventRef key) => _items.GetValueOrDefault(key);

    public ItemRow? FindAwaited(in EventRef key) => FindItem(key);

    public void Put(ItemRow item) => _items[item.Key] = item;

    public void AddVotes(in EventRef target, long up, long down)
    {
        if (!_items.TryGetValue(target, out var item)) _items[target] = item = new ItemRow(target);
        item.Up += up;
        item.Down += down;
    }

    public IReadOnlyList<EditRow> Edits(in EventRef target) => _edits.GetValueOrDefault(target) ?? [];

    public void Put(EditRow edit)
    {
        if (!_edits.TryGetValue(edit.Target, out var edits)) _edits[edit.Target] = edits = [];
        var at = edits.FindIndex(known => known.Position == edit.Position);
        if (at < 0) edits.Add(edit);
        else edits[at] = edit;
    }

    public VoteRow? FindVote(NodeId origin, string voter, in EventRef target) =>
        _votes.GetValueOrDefault((origin, voter, target));

    public VoteRow? FindOrAdd(VoteRow vote)
    {
        if (FindVote(vote.Origin, vote.Voter, vote.Target) is { } known) return known;
        Put(vote);
        return null;
    }

    public void Put(VoteRow vote) => _votes[(vote.Origin, vote.Voter, vote.Target)] = vote;

    public TallyRow? FindTally(NodeId origin, in EventRef target) => _tallies.GetValueOrDefault((origin, target));

    public void Put(TallyRow tally) => _tallies[(tally.Origin, tally.Target)] = tally;

    public MemberRow? FindMember(NodeId instance, string agentId) => _members.GetValueOrDefault((instance, agentId));

    public void Put(MemberRow member) => _members[(member.Instance, member.AgentId)] = member;

    public BanRow? FindBan(NodeId instance, string agentId) => _bans.GetValueOrDefault((instance, agentId));

    public void Put(BanRow ban) => _bans[(ban.Instance, ban.AgentId)] = ban;

    public void RemoveBan(NodeId instance, string agentId) => _bans.Remove((instance, agentId));

    public SettingRow? FindSetting(string key) => _settings.GetValueOrDefault(key);

    public void Put(SettingRow setting) => _settings[setting.Key] = setting;

    public void RemoveSetting(string key) => _settings.Remove(key);

    public IReadOnlyList<ActRow> Acts() => [.. _acts.Values];

    public ActRow? FindAct(Position position) => _acts.GetValueOrDefault(position);

    public void Put(ActRow act) => _acts[new Position(act.Header.Chain, act.Header.Seq)] = act;

    /// <summary>The state digest of these rows.</summary>
    public Hash256 Digest()
    {
        using var digest = new HiveStateDigest();
        foreach (var item in _items.Values.OrderBy(row => row.Key)) digest.AddItem(item);
        foreach (var vote in _votes.Values.OrderBy(row => row.Target).ThenBy(row => row.Origin)
                     .ThenBy(row => row.Voter, StringComparer.Ordinal)) digest.AddVote(vote);
        foreach (var tally in _tallies.Values.OrderBy(row => row.Target).ThenBy(row => row.Origin))
            digest.AddTally(tally);
        foreach (var member in _members.Values.OrderBy(row => row.Instance)
                     .ThenBy(row => row.AgentId, StringComparer.Ordinal)) digest.AddMember(member);
        foreach (var ban in _bans.Values.OrderBy(row => row.Instance)
                     .ThenBy(row => row.AgentId, StringComparer.Ordinal)) digest.AddBan(ban);
        foreach (var setting in _settings.Values.OrderBy(row => row.Key, StringComparer.Ordinal))
            digest.AddSetting(setting);
        return digest.Finish();
    }
}
