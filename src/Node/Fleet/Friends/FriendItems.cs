using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Which bytes a friend may read here: those that it keeps for us, while it fetches them, and those that we keep for
/// it. Never another friend's, and never under a file's name.
/// </summary>
public sealed class FriendItems(
    LoanBook loans, LentFiles files, FriendBook friends, FleetBook book, RingBook rings, ItemStore store)
{
    /// <summary>Null for everything else; asked anew on every request.</summary>
    internal ServedItem? Find(NodeId peer, ItemId item)
    {
        if (Lent(peer, item) is { } lent) return lent;
        // Who says that it keeps the item has to answer from its own disk.
        if (!rings.IsFriend(peer) || friends.Find(peer, item) is not { IsWanted: true, IsKept: false } wanted)
            return null;
        // What turned out to be private meanwhile is given no more.
        return MayLend(item, wanted.IsOwn) && store.Find(item) is { } own
            ? new ServedItem(own.FullPath, item.ToString(), own.SizeBytes, () => store.LayerOf(item))
            : null;
    }

    /// <summary>
    /// What is kept for the caller, and nothing of ours: the answer to a challenge of it could be passed on as the
    /// caller's own.
    /// </summary>
    internal ServedItem? Lent(NodeId peer, ItemId item) =>
        rings.IsFriend(peer) && loans.Find(peer, item) is { } lent && files.Find(lent) is { } path
            ? new ServedItem(path, item.ToString(), lent.SizeBytes, () => loans.LayerOf(peer, item))
            : null;

    /// <summary>P1 and P2 as the fleet knows the item now.</summary>
    internal bool MayLend(ItemId item, bool isOwn) => book.Read(state =>
        state.Items.TryGetValue(item, out var known) && Gates.MayLend(known, state.Sources, isOwn));
}
