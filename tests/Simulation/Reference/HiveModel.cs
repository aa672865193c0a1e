using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>
/// What docs/events.md says a hive looks like, worked out from scratch: all events at once, no rows, no order of
/// arrival, and nothing shared with the folds. Slow and plain, so that it can be read beside the page.
/// </summary>
internal sealed class HiveModel
{
    private readonly IReadOnlyList<Fact> _facts;
    private readonly ModelRanks _ranks;
    private readonly string _votePrivacy;

    public HiveModel(IEnumerable<Event> visible)
    {
        _facts = [.. visible.Select(e => new Fact(e))];
        _ranks = new ModelRanks(_facts);
        _votePrivacy = _facts.SingleOrDefault(f => f.Kind == "group_created")?.Text("vote_privacy") ?? "";
    }

    /// <summary>The lines that <see cref="RowText"/> should give.</summary>
    public IReadOnlyList<string> Describe()
    {
        var lines = new List<string>();
        var totals = new Dictionary<string, (long Up, long Down)>(StringComparer.Ordinal);
        Votes(lines, totals);
        Items(lines, totals);
        Members(lines);
        Bans(lines);
        Settings(lines);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private void Items(List<string> lines, Dictionary<string, (long Up, long Down)> totals)
    {
        var creates = _facts.Where(IsCreate).ToDictionary(f => f.Ref, StringComparer.Ordinal);
        var edits = _facts.Where(f => f.Kind is "post_updated" or "comment_updated")
            .Where(f => f.Refs.Count == 1 && f.RefOrigin == f.Origin)
            .ToLookup(f => f.Refs[0], StringComparer.Ordinal);
        var deleted = _facts.Where(f => f.Kind is "post_deleted" or "comment_deleted" && Deletes(f))
            .Select(f => f.Refs[0]).ToHashSet(StringComparer.Ordinal);
        var all = creates.Keys.Concat(edits.Select(e => e.Key)).Concat(deleted).Concat(totals.Keys);
        foreach (var key in all.Distinct(StringComparer.Ordinal))
        {
            var (up, down) = totals.GetValueOrDefault(key);
            var start = $"item {key} {up} {down}";
            if (deleted.Contains(key))
            {
                lines.Add($"{start} deleted");
                continue;
            }

            var fields = string.Join(' ', new[] { "title", "content", "url" }.Select(f => Latest(edits[key], f)));
            if (creates.TryGetValue(key, out var item)) lines.Add($"{start} {Standing(item)} {fields}");
            else if (up != 0 || down != 0 || fields != "- - -") lines.Add($"{start} Unknown {fields}");
        }
    }

    private static bool IsCreate(Fact fact) => fact.Kind switch
    {
        "post_created" => fact.Refs.Count == 0 && (fact.IsHollow || fact.Has(["agent", "title"], ["content", "url"])),
        "comment_created" => fact.Refs.Count is 1 or 2 && (fact.IsHollow || fact.Has(["agent", "content"], [])),
        _ => false,
    };

    private static string Standing(Fact item)
    {
        var isComment = item.Kind == "comment_created";
        var post = isComment ? item.Refs[0] : "-";
        var parent = isComment && item.Refs.Count == 2 ? item.Refs[1] : "-";
        var agent = item.IsHollow ? "" : item.Text("agent", "agent_id");
        return $"{(isComment ? "Comment" : "Post")} {item.Hlc} {post} {parent} {!item.IsHollow} {agent}";
    }

    private static string Latest(IEnumerable<Fact> edits, string field)
    {
        var winner = edits
            .Where(e => !e.IsHollow && (e.Kind == "comment_updated"
                ? field == "content" && e.Has(["agent_id", "content"], [])
                : e.Has(["agent_id"], ["title", "content", "url"]) && e.Names.Contains(field)))
            .OrderBy(e => e.Hlc).ThenBy(e => e.Seq).ThenBy(e => e.Incarnation).LastOrDefault();
        return winner is null ? "-" : winner.OwnOrder;
    }

    /// <summary>By its own origin for good; by rank while the rank holds.</summary>
    private bool Deletes(Fact fact)
    {
        if (fact.Refs.Count is not (1 or 2) || !fact.Has(["agent_id"], ["reason"])) return false;
        return fact.RefOrigin == fact.Origin || _ranks.Of(fact, fact.Text("agent_id"), grantAt: 1) >= 1;
    }

    private void Votes(List<string> lines, Dictionary<string, (long Up, long Down)> totals)
    {
        var form = _votePrivacy == "tally" ? "vote_tallied" : "vote_cast";
        var length = _votePrivacy == "per_agent" ? 16 : 52;
        var votes = _facts.Where(f => f.Kind == form && f.Refs.Count == 1)
            .Where(f => form == "vote_tallied" ? f.Has(["up", "down"], []) : f.Has(["voter", "value"], []))
            .Where(f => form == "vote_tallied" || f.Text("voter").Length == length);
        foreach (var register in votes.GroupBy(v =>
            (v.Origin, v.Refs[0], form == "vote_tallied" ? "" : v.Text("voter"))))
        {
            var v = register.OrderBy(x => x.Hlc).ThenBy(x => x.Seq).ThenBy(x => x.Incarnation).Last();
            var (up, down) = form == "vote_tallied"
                ? (v.Number("up"), v.Number("down"))
                : (v.Number("value") == 1 ? 1 : 0, v.Number("value") == -1 ? 1 : 0);
            var total = totals.GetValueOrDefault(v.Refs[0]);
            totals[v.Refs[0]] = (total.Up + up, total.Down + down);
            lines.Add(form == "vote_tallied"
                ? $"tally {v.Refs[0]} {v.Origin} {up} {down} {v.OwnOrder}"
                : $"vote {v.Refs[0]} {v.Origin} {v.Text("voter")} {v.Number("value")} {v.OwnOrder}");
        }
    }

    private void Members(List<string> lines)
    {
        var moves = MembershipOf("join", "leave").Where(f => f.Refs.Count == 0 && f.Subject.Instance == f.Origin);
        foreach (var register in moves.GroupBy(f => f.Subject))
        {
            var last = register.OrderBy(x => x.Hlc).ThenBy(x => x.Seq).ThenBy(x => x.Incarnation).Last();
            var subject = $"{register.Key.Instance} {register.Key.AgentId}";
            lines.Add($"member {subject} {last.Text("action") == "join"} {last.OwnOrder}");
        }
    }

    private void Bans(List<string> lines)
    {
        var acts = MembershipOf("ban", "unban").Where(f => _ranks.Of(f, f.Text("agent_id"), grantAt: 0) >= 1);
        foreach (var register in acts.GroupBy(f => f.Subject))
        {
            var last = _ranks.Winner(register);
            var after = last.After.OrderBy(a => a.Incarnation, StringComparer.Ordinal)
                .Select(a => $"{a.Incarnation}:{a.Seq}");
            lines.Add(
                $"ban {register.Key.Instance} {register.Key.AgentId} {last.Text("action") == "ban"} "
                + $"[{string.Join(' ', after)}] {_ranks.OrderOf(last)}");
        }
    }

    private void Settings(List<string> lines)
    {
        var acts = _facts.Where(f => f.Kind == "hive_setting_changed" && f.Refs.Count <= 1)
            .Where(f => f.Has(["agent_id", "key", "value"], []))
            .Where(f => _ranks.Of(f, f.Text("agent_id"), grantAt: 0) >= 1);
        foreach (var register in acts.GroupBy(f => f.Text("key"), StringComparer.Ordinal))
        {
            var last = _ranks.Winner(register);
            lines.Add($"setting {register.Key} {last.Text("value")} {_ranks.OrderOf(last)}");
        }
    }

    private IEnumerable<Fact> MembershipOf(params string[] actions) => _facts.Where(f =>
        f.Kind == "membership_changed" && f.Refs.Count <= 1
        && f.Has(["agent_id", "subject", "action"], ["after"]) && actions.Contains(f.Text("action")));
}
