using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Which friend an owner means: by its node's id, or by what it is called here where one alone is.</summary>
public sealed class FriendNames(RingBook rings, LoanBook loans)
{
    public static Problem Ambiguous { get; } = new(
        "fleet_ambiguous", 409, "Several are named so: name one by its id.");

    public (NodeId? Friend, Problem? Problem) Find(string text) =>
        Find(text, [.. rings.All.Where(p => rings.IsFriend(p.Node))]);

    /// <summary>As above, also one that is no friend any more and is lent room still.</summary>
    public (NodeId? Friend, Problem? Problem) FindLent(string text)
    {
        var lent = loans.Loans().Select(l => l.Friend).ToHashSet();
        return Find(text, [.. rings.All.Where(p => rings.IsFriend(p.Node) || lent.Contains(p.Node))]);
    }

    private static (NodeId? Friend, Problem? Problem) Find(string text, List<Paired> among)
    {
        var found = among.Where(p => p.Node.ToString() == text || p.Name == text).ToList();
        return found switch
        {
            [var one] => (one.Node, null),
            [] => (null, FriendKeep.UnknownFriend),
            _ => (null, Ambiguous),
        };
    }
}
