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
        if (!rings.IsFriend(peer)) return null;
        if (loans.Find(peer, item) is { } lent && files.Find(lent) is { } path)
            return new ServedItem(path, item.ToString(), lent.SizeBytes, loans.LayerOf(peer, item));
        // What turned out to be private meanwhile is given no more.
        if (friends.Find(peer, item) is not { IsWanted: true } wanted || !MayLend(item, wanted.IsOwn)) return null;
        return store.Find(item) is { } own
            ? new ServedItem(own.FullPath, item.ToString(), own.SizeBytes, store.LayerOf(item))
            : null;
    }

    /// <summary>P1 and P2 as the fleet knows the item now.</summary>
    internal bool MayLend(ItemId item, bool isOwn) => book.Read(state =>
        state.Items.TryGetValue(item, out var known) && Gates.MayLend(known, state.Sources, isOwn));
}
