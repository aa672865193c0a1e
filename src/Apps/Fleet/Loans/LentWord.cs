using System.Text;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What a lender says of a copy that it keeps for a friend.</summary>
/// <param name="Ask">Names the asking: a word for another one is worth nothing.</param>
/// <param name="Code">Why the copy does not come, or an act was refused; null where nothing is wrong.</param>
/// <param name="HashedAgoS">Seconds since all of it was hashed, by the lender's clock; null where it never was.</param>
public sealed record LentWord(ItemId Item, ulong Ask, LentState State, string? Code, long? HashedAgoS);

/// <summary>What the lender signs of it.</summary>
/// <remarks>
/// Signed is <c>domain ‖ lender NodeId 32 | owner NodeId 32 | item 32 | u64 ask | i64 seconds | state | 0 | code</c>;
/// the seconds are -1 and the code empty where there are none.
/// </remarks>
public static class LentBytes
{
    public static byte[] Signed(NodeId lender, NodeId owner, LentWord word) => new ByteWriter()
        .Add(Domains.Lent).Add(lender.Value).Add(owner.Value).Add(word.Item.Value).Add(word.Ask)
        .Add(word.HashedAgoS ?? -1).Add(Encoding.ASCII.GetBytes(NameOf(word.State))).Add((byte)0)
        .Add(Encoding.ASCII.GetBytes(word.Code ?? "")).ToArray();

    public static string NameOf(LentState state) => state switch
    {
        LentState.None => "none",
        LentState.Coming => "coming",
        LentState.Kept => "kept",
        LentState.Damaged => "damaged",
        LentState.Aside => "aside",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null for a word that is none of them.</summary>
    public static LentState? StateOf(string? name)
    {
        foreach (var state in Enum.GetValues<LentState>())
            if (NameOf(state) == name) return state;
        return null;
    }
}
