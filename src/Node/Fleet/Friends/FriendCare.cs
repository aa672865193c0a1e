using System.Collections.Concurrent;
using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// The steward's work: has friends keep what they are to keep, has it proven, and says in the fleet's log what came of
/// it.
/// </summary>
/// <remarks>
/// A friend's word that it hashed the whole is signed, and counts only beside bytes that this device asked for and
/// knows to be right. Later challenges of a steward do not extend a proof: it speaks for the copy itself.
/// </remarks>
public sealed class FriendCare(
    FriendBook friends, FriendItems gate, FleetBook book, FleetDesk desk, ItemStore store, Challenger challenger,
    RingBook rings, PeerClient client, CopyDesk copies, IVerifier verifier, TimeProvider time, ILogger<FriendCare> log)
{
    private const long DayMs = 24L * 3600 * 1000;

    /// <summary>So long a proof counts before the friend is asked for another whole one.</summary>
    private const long RenewMs = 20 * DayMs;

    // A hash that was longer ago is no proof of today: the log dates it by the word.
    private const long FreshS = 24L * 3600;

    // A friend that says now this, now that, fills no log.
    private const int RaisesPerDay = 3;

    // Since this node started; a few words more after that harm nobody.
    private readonly ConcurrentDictionary<(NodeId, ItemId), (long Day, int Count)> _raises = new();

    /// <summary>Looks after every friend's copies once; durable and said when it returns.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var device in friends.Devices())
        {
            var copiesThere = friends.Copies(device.Friend).Where(c => c.IsWanted).ToList();
            if (!rings.IsFriend(device.Friend))
                foreach (var copy in copiesThere) await PartAsync(device, copy, cancellation);
            else if (await GreetAsync(device, cancellation))
                foreach (var copy in copiesThere) await LookAfterAsync(device, copy, cancellation);
        }

        await BringBackAsync(cancellation);
    }

    /// <summary>Who is no friend any more is asked nothing, and what it has counts no more.</summary>
    private async Task PartAsync(FriendDevice device, FriendCopy copy, CancellationToken cancellation)
    {
        if (HoldingOf(device, copy.Item) is { State: HoldingState.Present })
            await SayAsync(device, copy.Item, HoldingState.Partial, Evidence.Claimed, cancellation);
        if (copy.Code != FriendKeep.UnknownFriend.Code)
            await friends.PutAsync(copy with { Code = FriendKeep.UnknownFriend.Code }, cancellation);
    }

    /// <summary>Asks a friend something of a copy; its signed word.</summary>
    /// <exception cref="PeerException">
    /// It is no friend any more, lends nothing, cannot be asked, or signed another word.
    /// </exception>
    internal async Task<LentWord> AskAsync(
        NodeId friend, ItemId item, string act, long sizeBytes, CancellationToken cancellation)
    {
        if (!rings.IsFriend(friend)) throw new PeerException(Failure.NotFound, FriendKeep.UnknownFriend.Code);
        var ask = ReleaseRun.NewAsk();
        var asked = new LoanRequest(act, ask.ToString("x16", CultureInfo.InvariantCulture), sizeBytes);
        var reply = await client.LentAsync(friend, item, asked, cancellation);
        return reply.Read(item, ask, friend, desk.Self.AsNode(), verifier) ?? throw PeerException.Malformed();
    }

    /// <summary>Says of the friend's copy what its device's steward may say.</summary>
    internal async Task<Problem?> SayAsync(
        FriendDevice device, ItemId item, HoldingState state, Evidence evidence, CancellationToken cancellation)
    {
        var known = HoldingOf(device, item);
        // Bytes that are made anew after they were gone are another generation.
        var gen = known is null ? 1 : known.State == HoldingState.Gone && state != HoldingState.Gone
            ? known.Gen + 1
            : known.Gen;
        var row = new HoldingRow(item, gen, state, evidence);
        var said = new HoldingsSet(device.Device, device.Volume, [row]);
        return (await desk.SayAsync(said, dryRun: false, cancellation)).Problem;
    }

    internal Holding? HoldingOf(FriendDevice device, ItemId item) => book.Read(state => state.HoldingsOf(item)
        .FirstOrDefault(h => h.Device == device.Device && h.Volume == device.Volume));

    /// <summary>Hears what the friend lends now; false where it does not answer.</summary>
    private async Task<bool> GreetAsync(FriendDevice device, CancellationToken cancellation)
    {
        LoanReply loan;
        try
        {
            loan = await client.LoanAsync(device.Friend, cancellation);
        }
        catch (PeerException silent)
        {
            NodeLog.FriendNotAsked(log, device.Friend, silent.Code);
            return false;
        }

        var nowMs = NowMs();
        var bytes = Math.Clamp(loan.Bytes, 0, FleetLimits.NumberMax);
        // Said once, it is not moved by clocks that differ a little.
        long? ends = null;
        if (loan.EndsS is { } left) ends = device.EndsMs ?? nowMs + (Math.Clamp(left, 0, 366 * DayMs / 1000) * 1000);
        if (ends is not null && device.EndsMs is null) NodeLog.LoanEnding(log, device.Friend);
        await friends.PutAsync(
            device with
            {
                Bytes = bytes,
                FreeBytes = Math.Clamp(bytes - loan.Used, 0, bytes),
                EndsMs = ends,
                SeenMs = nowMs,
            },
            cancellation);
        // Also where the log did not take it before, or the node ended between the two.
        if (book.Read(state => state.Volumes.GetValueOrDefault(device.Volume))?.CapacityBytes != bytes)
            await DeclareAsync(device with { Bytes = bytes }, cancellation);
        return true;
    }

    /// <summary>Says how large the room is.</summary>
    internal async Task<Problem?> DeclareAsync(FriendDevice device, CancellationToken cancellation) =>
        (await desk.SayAsync(
            new VolumeDeclared(device.Device, device.Volume, "lent", device.Bytes, 0), dryRun: false,
            cancellation)).Problem;

    private async Task LookAfterAsync(FriendDevice device, FriendCopy listed, CancellationToken cancellation)
    {
        // The owner may have let it go since it was listed.
        if (friends.Find(listed.Friend, listed.Item) is not { IsWanted: true } copy) return;
        try
        {
            var size = book.Read(state => state.Items.GetValueOrDefault(copy.Item)?.SizeBytes ?? 0);
            var mayGo = gate.MayLend(copy.Item, copy.IsOwn);
            var word = await AskAsync(
                copy.Friend, copy.Item, mayGo ? LoanActs.Keep : LoanActs.Look, size, cancellation);
            // Noted before it is challenged: who says that it keeps the item is given nothing of it here.
            copy = copy with { State = LentBytes.NameOf(word.State) };
            if (!await NoteAsync(copy, cancellation)) return;
            var provenMs = await JudgeAsync(device, copy, word, cancellation);
            await NoteAsync(
                copy with
                {
                    Code = provenMs < 0 ? LoanCodes.Altered : mayGo ? word.Code : FriendKeep.ItemPrivate,
                    ProvenMs = provenMs,
                },
                cancellation);
        }
        catch (PeerException silent)
        {
            // Out of reach is no proof of loss.
            NodeLog.FriendNotAsked(log, copy.Friend, silent.Code);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodeLog.FileNotRead(log);
        }
    }

    /// <summary>False, and nothing is noted, where the copy was let go meanwhile.</summary>
    private async Task<bool> NoteAsync(FriendCopy copy, CancellationToken cancellation)
    {
        if (friends.Find(copy.Friend, copy.Item) is not { IsWanted: true } now) return false;
        // At most looks nothing has changed, and a write waits for the disk.
        if (now != copy) await friends.PutAsync(copy, cancellation);
        return true;
    }

    /// <summary>When bytes of it were last seen to be right, or wrong, as <see cref="FriendCopy.ProvenMs"/>.</summary>
    private async Task<long> JudgeAsync(
        FriendDevice device, FriendCopy copy, LentWord word, CancellationToken cancellation)
    {
        var known = HoldingOf(device, copy.Item);
        if (word.State != LentState.Kept)
        {
            var state = word.State switch
            {
                LentState.None => HoldingState.Gone,
                LentState.Aside => HoldingState.Quarantined,
                _ => HoldingState.Partial,
            };
            if (known is not null && known.State != state && MaySay(copy, known.State, state))
                await SayAsync(device, copy.Item, state, Evidence.Claimed, cancellation);
            return copy.ProvenMs;
        }

        var nowMs = NowMs();
        var isOwed = copy.AccusedMs is not null
            || known is not { State: HoldingState.Present, ProvenMs: { } proven } || nowMs - proven > RenewMs;
        // What was wrong counts again only with a hash that was made after that: other ranges would prove nothing.
        var isFresh = word.HashedAgoS is <= FreshS && nowMs - (word.HashedAgoS * 1000) >= (copy.AccusedMs ?? 0);
        if (isOwed && !isFresh) await AskAsync(copy.Friend, copy.Item, LoanActs.Prove, 0, cancellation);
        if (copy.AccusedMs is not null && !isFresh) return copy.ProvenMs;
        if (!(isOwed && isFresh) && nowMs - copy.ProvenMs < DayMs) return copy.ProvenMs;
        switch (await IsRightAsync(copy, cancellation))
        {
            case true:
                if (isOwed && isFresh && MaySay(copy, known?.State, HoldingState.Present))
                    await SayAsync(device, copy.Item, HoldingState.Present, Evidence.Hash, cancellation);
                return nowMs;
            case false:
                await AccuseAsync(device, copy, known, cancellation);
                return -nowMs;
            default:
                return copy.ProvenMs;
        }
    }

    /// <summary>What makes a copy less is always said; what makes it more, a few times a day.</summary>
    private bool MaySay(FriendCopy copy, HoldingState? known, HoldingState state)
    {
        if (known is { } before && Worth(state) < Worth(before)) return true;
        var today = NowMs() / DayMs;
        var raised = _raises.AddOrUpdate(
            (copy.Friend, copy.Item), _ => (today, 1),
            (_, old) => old.Day == today ? (today, old.Count + 1) : (today, 1));
        return raised.Count <= RaisesPerDay;
    }

    private static int Worth(HoldingState state) => state switch
    {
        HoldingState.Present => 3,
        HoldingState.Partial => 2,
        HoldingState.Quarantined => 1,
        _ => 0,
    };

    /// <summary>It counts no more, and the friend is asked to look for itself: then it fetches what is wrong.</summary>
    private async Task AccuseAsync(
        FriendDevice device, FriendCopy copy, Holding? known, CancellationToken cancellation)
    {
        NodeLog.FriendCopyAltered(log, copy.Item.ToString(), copy.Friend);
        if (known is { HashedMs: not null })
            await desk.SayAsync(
                new ChallengeAnswered([new ChallengeRow(
                    device.Device, device.Volume, copy.Item, known.Gen, Math.Min(
                        known.Challenges + 1, FleetLimits.ChallengesMax), Ok: false)]),
                dryRun: false, cancellation);
        try
        {
            await AskAsync(copy.Friend, copy.Item, LoanActs.Prove, 0, cancellation);
        }
        catch (PeerException silent)
        {
            // That its bytes were wrong is noted all the same; it is asked again at the next look.
            NodeLog.FriendNotAsked(log, copy.Friend, silent.Code);
        }
    }

    /// <summary>
    /// Compares with this device's copy; without one fetches pieces, which prove themselves. Null where neither can be
    /// done now.
    /// </summary>
    private async Task<bool?> IsRightAsync(FriendCopy copy, CancellationToken cancellation)
    {
        if (store.Find(copy.Item) is { } own) return await challenger.CompareAsync(copy.Friend, own, cancellation);
        if (store.LayerOf(copy.Item) is not { } layer) return null;
        try
        {
            var items = client.Items(copy.Friend);
            var offer = await items.OfferAsync(copy.Item, cancellation);
            var buffer = new byte[Math.Min(layer.PieceLength, layer.SizeBytes)];
            foreach (var piece in FileBytes.RandomPieces(layer))
            {
                var bytes = buffer.AsMemory(0, layer.LengthOf(piece));
                await items.RangeAsync(
                    copy.Item, offer.Token, (long)piece * layer.PieceLength, bytes, cancellation);
                if (!layer.Matches(piece, bytes.Span)) return false;
            }

            return true;
        }
        catch (PeerException)
        {
            return null;
        }
    }

    /// <summary>
    /// What only a friend keeps any more comes back to this device, where its policy has copies made: no other device
    /// can ask that friend.
    /// </summary>
    private async Task BringBackAsync(CancellationToken cancellation)
    {
        var known = copies.All().Where(c => c.State != CopyStates.Done).Select(c => c.Item).ToHashSet();
        foreach (var copy in friends.Copies().Where(c => c.IsKept && rings.IsFriend(c.Friend)))
        {
            if (store.Find(copy.Item) is not null || !book.Read(state => IsLost(state, copy.Item))) continue;
            // Another friend may keep it, too.
            if (known.Add(copy.Item)) await copies.AskAsync(copy.Item, null, copy.Friend, cancellation);
        }
    }

    private bool IsLost(FleetState state, ItemId id) =>
        state.Items.TryGetValue(id, out var item) && state.PolicyOf(item).AutoCopy
        && state.PinOf(id) != PinKind.Trash && state.PinOf(id, desk.Self) != PinKind.Trash
        && !state.HoldingsOf(id).Any(h =>
            h.State == HoldingState.Present
            && state.Devices.TryGetValue(h.Device, out var device) && !device.IsFriends
            && (device.State is DeviceState.Active or DeviceState.Draining));

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
