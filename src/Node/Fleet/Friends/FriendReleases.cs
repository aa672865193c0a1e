using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>The steps of a release whose copy is a friend's: the friend does them, and the log hears of each.</summary>
/// <remarks>Every act can be asked for again: what was done already is answered as done.</remarks>
public sealed class FriendReleases(FriendBook friends, FriendCare care)
{
    /// <summary>A code: the friend cannot be asked now.</summary>
    public const string Silent = "friend_silent";

    /// <summary>The friend whose room that volume is; null for a volume of this device.</summary>
    public FriendDevice? At(VolumeId volume) => friends.Devices().FirstOrDefault(d => d.Volume == volume);

    /// <summary>Null once it is set aside; else why it is not, as a code.</summary>
    public async Task<string?> SetAsideAsync(FriendDevice at, ItemId item, CancellationToken cancellation)
    {
        var (word, code) = await AskAsync(at, item, LoanActs.Aside, cancellation);
        if (word is null) return code;
        if (word.State != LentState.Aside) return word.Code ?? ReleaseCodes.BytesMissing;
        await NoteAsync(at, item, FriendCopy.Dropped, cancellation);
        await care.SayAsync(at, item, HoldingState.Quarantined, Evidence.Claimed, cancellation);
        return null;
    }

    /// <summary>Null once it is where it was; it counts again when the friend has hashed it.</summary>
    public async Task<string?> RestoreAsync(FriendDevice at, ItemId item, CancellationToken cancellation)
    {
        var (word, code) = await AskAsync(at, item, LoanActs.Restore, cancellation);
        if (word is null) return code;
        if (word.State == LentState.None) return ReleaseCodes.BytesMissing;
        if (word.State == LentState.Aside) return word.Code ?? ReleaseCodes.DiskRefused;
        if (friends.Find(at.Friend, item) is { IsWanted: false })
        {
            await NoteAsync(at, item, LentBytes.NameOf(word.State), cancellation);
            await care.SayAsync(at, item, HoldingState.Partial, Evidence.Claimed, cancellation);
        }

        return null;
    }

    /// <summary>Null once it is deleted.</summary>
    public async Task<string?> PurgeAsync(FriendDevice at, ItemId item, CancellationToken cancellation)
    {
        var (word, code) = await AskAsync(at, item, LoanActs.Purge, cancellation);
        if (word is null) return code;
        if (word.State != LentState.None) return word.Code ?? ReleaseCodes.DiskRefused;
        await care.SayAsync(at, item, HoldingState.Gone, Evidence.Claimed, cancellation);
        return null;
    }

    private async Task<(LentWord? Word, string? Code)> AskAsync(
        FriendDevice at, ItemId item, string act, CancellationToken cancellation)
    {
        try
        {
            return (await care.AskAsync(at.Friend, item, act, 0, cancellation), null);
        }
        catch (PeerException)
        {
            return (null, Silent);
        }
    }

    private Task NoteAsync(FriendDevice at, ItemId item, string state, CancellationToken cancellation) =>
        friends.Find(at.Friend, item) is { } copy
            ? friends.PutAsync(copy with { State = state, Code = null }, cancellation)
            : Task.CompletedTask;
}
