using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What a look saw.</summary>
/// <param name="IsLinkUp">False where nobody answered, so that nobody was marked.</param>
/// <param name="Own">What this device says of itself.</param>
/// <param name="Others">By device.</param>
public sealed record ProbeReport(bool IsLinkUp, Probe Own, IReadOnlyList<ProbedDevice> Others);

/// <summary>Whether another device answered just now, and what follows from its answers so far.</summary>
public sealed record ProbedDevice(
    DeviceId Device, bool Answered, Anarchive.Fleet.Reachability State, int UptimePermille);

/// <summary>
/// One look at the devices that this one is to watch, and at itself; what is news goes into the fleet's log.
/// </summary>
/// <remarks>A device that was not declared says nothing: probing founds no fleet.</remarks>
public sealed class ProbeRound(
    FleetBook book, FleetDesk desk, ProbeTracks tracks, DeviceDoor door, OwnHealth health, StoreTelling telling,
    FriendBook friends, RingBook rings, TimeProvider time, ILogger<ProbeRound> log)
{
    /// <summary>The word for a device that was away and has not shown its volumes since.</summary>
    public const string Returned = "returned";

    private const int AlwaysThere = 1000;

    /// <summary>The steps of a silence; others only in tests.</summary>
    internal ReachabilitySteps Steps { get; init; } = ReachabilitySteps.Default;

    /// <summary>
    /// Probes everyone this device is to watch; durable and said when it returns. Null where this device has not said
    /// what it is.
    /// </summary>
    public Task<ProbeReport?> RunAsync(CancellationToken cancellation) => RunAsync(isByHand: false, cancellation);

    /// <summary>
    /// As above, because somebody wants to know: a probe between two others is a sign of life, and no sample of how
    /// often a device is up, or asking often would wear it down.
    /// </summary>
    public Task<ProbeReport?> LookAsync(CancellationToken cancellation) => RunAsync(isByHand: true, cancellation);

    private async Task<ProbeReport?> RunAsync(bool isByHand, CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!book.Read(state => state.Devices.ContainsKey(desk.Self))) return null;
        if (await telling.DeclareAsync(cancellation) is { } refused) NodeLog.ProbeNotSaid(log, refused.Code);
        var own = await OwnAsync(nowMs, cancellation);
        await SayAsync(own, cancellation);
        var lent = friends.Devices().ToDictionary(d => d.Device);
        // Who is on duty takes a plan of the devices: made once for a round.
        var onDuty = book.Read(state => OnDuty(state, nowMs));
        var subjects = book.Read(state => Subjects(state, lent, onDuty, nowMs));
        // Who is no friend any more is not asked, and is as silent as one that is away.
        var answers = await Task.WhenAll(subjects.Select(s =>
            !lent.TryGetValue(s, out var friend) ? door.AnswersAsync(s.AsNode(), cancellation)
            : rings.IsFriend(friend.Friend) ? door.AnswersAsync(friend.Friend, cancellation)
            : Task.FromResult<long?>(null)));
        var isLinkUp = answers.Any(a => a is not null) || door.IsOwnLinkUp();
        if (!isLinkUp) NodeLog.OwnLinkDown(log);
        var known = tracks.All();
        var after = subjects.Zip(answers).ToDictionary(p => p.First, p =>
        {
            var before = known.GetValueOrDefault(p.First, ReachabilityTrack.New);
            var track = !isByHand || nowMs - (before.LastSampleMs ?? 0) >= ReachabilityTrack.ProbeMs
                ? before.Probed(p.Second is not null, isLinkUp, nowMs, Steps, p.Second ?? 0)
                : p.Second is { } agoMs ? before.Heard(nowMs, Steps, agoMs) : before;
            var hasShown = lent.TryGetValue(p.First, out var friend)
                ? nowMs - friend.SeenMs < ProbeNews.DailyMs
                : book.Read(state => HasShownVolumes(state, p.First, nowMs));
            return hasShown ? track.Checked() : track;
        });
        await tracks.SaveAsync(after, cancellation);
        var report = new ProbeReport(isLinkUp, own, [.. subjects.Zip(answers).Select(p => new ProbedDevice(
            p.First, p.Second is not null, after[p.First].StateUnder(Steps), after[p.First].UptimePermille))]);
        // While it is cut off itself it learned nothing, and has nobody to tell.
        if (!isLinkUp) return report;
        foreach (var (subject, track) in after)
        {
            var friend = lent.GetValueOrDefault(subject);
            var probe = book.Read(state => Of(state, subject, track, friend, nowMs));
            if (friend is not null || onDuty.Contains(subject)
                || book.Read(state => Said(state, subject, desk.Self))?.State != probe.State)
                await SayAsync(probe, cancellation);
        }

        return report;
    }

    /// <summary>
    /// That a device says of a volume of its own that it is there, and this one does not say so yet: whoever plans goes
    /// by what others say, so nothing would be placed there until the next round.
    /// </summary>
    internal bool HasMoreRoom(FleetState state, DeviceId device) =>
        device != desk.Self && Said(state, device, desk.Self) is { State: Anarchive.Fleet.Reachability.Up } heard
        && Said(state, device, device) is { } own && own.FreeBytes.Keys.Any(v => !heard.FreeBytes.ContainsKey(v));

    /// <summary>
    /// Those it is to watch, and those of whom its word of the last day still counts: who said that a device is there
    /// has to take it back when it is not, also where others watch it by now.
    /// </summary>
    private List<DeviceId> Subjects(
        FleetState state, Dictionary<DeviceId, FriendDevice> lent, HashSet<DeviceId> onDuty, long nowMs) =>
    [
        .. lent.Keys.Where(d => state.Devices.GetValueOrDefault(d)?.State.IsThere() == true).Order(),
        .. onDuty.Union(state.Probes
            .Where(p => p.Observer == desk.Self.AsNode() && p.Subject != desk.Self
                && nowMs - p.AtMs <= ProbeNews.DailyMs && IsAsked(state, p.Subject))
            .Select(p => p.Subject)).Order(),
    ];

    private HashSet<DeviceId> OnDuty(FleetState state, long nowMs) =>
        [.. ProbeDuties.Of(state, Epoch.Of(nowMs), desk.Self).Where(s => IsAsked(state, s))];

    /// <summary>
    /// A device without a node is seen by its steward, as a friend's room is; one on a shelf is judged by the age of
    /// its evidence alone.
    /// </summary>
    private static bool IsAsked(FleetState state, DeviceId subject) =>
        state.Devices.TryGetValue(subject, out var device)
        && device is { Steward: null, Class: not DeviceClass.Archive } && device.State.IsThere();

    /// <summary>What it says of itself: its volumes, by their markers, and its torrent client.</summary>
    private async Task<Probe> OwnAsync(long nowMs, CancellationToken cancellation)
    {
        var said = book.Read(state => Said(state, desk.Self, desk.Self));
        var (free, flags) = await health.LookAsync(said?.FreeBytes, cancellation);
        return new Probe(
            desk.Self, desk.Self.AsNode(), Anarchive.Fleet.Reachability.Up, AlwaysThere, 1, nowMs, nowMs, free,
            flags);
    }

    /// <summary>
    /// What this device says of another: whether it answers, and the volumes that it says it has; none of one that was
    /// away and has not shown them since.
    /// </summary>
    private Probe Of(
        FleetState state, DeviceId subject, ReachabilityTrack track, FriendDevice? friend, long nowMs)
    {
        var own = friend is null ? Said(state, subject, subject) : null;
        var free = friend is null ? own?.FreeBytes : FreeOf(friend, nowMs);
        var flags = own?.Flags ?? [];
        return new Probe(
            subject, desk.Self.AsNode(), track.StateUnder(Steps), track.UptimePermille, track.Samples,
            track.LastOkMs ?? 0, nowMs,
            track.IsReturned || free is null ? new Dictionary<VolumeId, long>() : free,
            track.IsReturned ? [.. flags.Append(Returned).Distinct().Order(StringComparer.Ordinal)] : flags);
    }

    /// <summary>The friend's room as it last said; none once it has been silent for as long as a loss takes.</summary>
    private Dictionary<VolumeId, long>? FreeOf(FriendDevice friend, long nowMs) =>
        nowMs - friend.SeenMs < Steps.LostMs
            ? new Dictionary<VolumeId, long> { [friend.Volume] = friend.FreeBytes }
            : null;

    private async Task SayAsync(Probe now, CancellationToken cancellation)
    {
        if (!ProbeNews.IsDue(book.Read(state => Said(state, now.Subject, desk.Self)), now)) return;
        var payload = new ProbeReported(
            now.Subject, now.State, now.UptimePermille, now.Samples, now.LastOkMs,
            [.. now.FreeBytes.OrderBy(f => f.Key).Select(f => new FreeSpace(f.Key, f.Value))], now.Flags);
        var (_, problem) = await desk.SayAsync(payload, dryRun: false, cancellation);
        if (problem is not null) NodeLog.ProbeNotSaid(log, problem.Code);
    }

    private static Probe? Said(FleetState state, DeviceId of, DeviceId by) =>
        state.Probes.FirstOrDefault(p => p.Subject == of && p.Observer == by.AsNode());

    /// <summary>
    /// It said how its volumes are within a day: whoever was away for that long has done so since it is back.
    /// </summary>
    private static bool HasShownVolumes(FleetState state, DeviceId subject, long nowMs) =>
        Said(state, subject, subject) is { } own && nowMs - own.AtMs < ProbeNews.DailyMs;
}
