using System.Data;
using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>A release of this device: one in flight, or how the last of that item ended.</summary>
/// <param name="BegunMs">Unix milliseconds.</param>
/// <param name="AsideMs">When its quarantine began; null before.</param>
public sealed record OwnRelease(VolumeId Volume, ReleaseProgress Progress, long BegunMs, long? AsideMs);

/// <summary>On the tables of <see cref="ReleaseSchema"/>; what writes needs the writer's thread.</summary>
internal static class ReleaseRows
{
    private const string LossesKey = "release.losses";

    public static IReadOnlyList<GrantedLock> Locks(IDbConnection db) =>
    [
        .. db.Query<(byte[] Intent, byte[] Item, byte[] Releaser)>("SELECT intent, item, releaser FROM release_locks")
            .Select(r => new GrantedLock(
                StoreRows.Item(r.Item), Intent(r.Intent), new DeviceId(new Hash256(r.Releaser)), GrantedMs: 0)),
    ];

    /// <summary>Those that still stand, in place of all before.</summary>
    public static void Put(IDbConnection db, IReadOnlyList<GrantedLock> locks)
    {
        db.Execute("DELETE FROM release_locks");
        foreach (var granted in locks)
            db.Execute(
                "INSERT INTO release_locks (intent, item, releaser) VALUES (@intent, @item, @releaser)",
                new
                {
                    intent = LockBytes.Of(granted.Intent),
                    item = StoreRows.Blob(granted.Item),
                    releaser = granted.Releaser.Value.ToArray(),
                });
    }

    public static IReadOnlyList<OwnRelease> All(IDbConnection db) =>
    [
        .. db.Query<(byte[] Item, string Volume, byte[] Intent, long Stage, long Begun, long? Aside, string? Outcome,
            string Refused)>(
            "SELECT item, volume, intent, stage, begun_ms, aside_ms, outcome, refused FROM releases ORDER BY item")
            .Select(r => new OwnRelease(
                StoreRows.Volume(r.Volume),
                new ReleaseProgress(
                    StoreRows.Item(r.Item), Intent(r.Intent), (ReleaseStage)r.Stage, 0, 0, 0, [], Refused(r.Refused),
                    r.Outcome),
                r.Begun, r.Aside)),
    ];

    public static void Put(IDbConnection db, OwnRelease release) => db.Execute(
        """
        INSERT OR REPLACE INTO releases (item, volume, intent, stage, begun_ms, aside_ms, outcome, refused)
        VALUES (@item, @volume, @intent, @stage, @BegunMs, @AsideMs, @Outcome, @refused)
        """,
        new
        {
            item = StoreRows.Blob(release.Progress.Item),
            volume = release.Volume.ToString(),
            intent = LockBytes.Of(release.Progress.Intent),
            stage = (int)release.Progress.Stage,
            release.BegunMs,
            release.AsideMs,
            release.Progress.Outcome,
            refused = string.Join(' ', release.Progress.Refused.Select(r => $"{r.Holder}:{r.Code}")),
        });

    public static Breaker Breaker(IDbConnection db) =>
        db.Query<(long Tick, long Lost, long IsOpen)>("SELECT tick, lost, is_open FROM release_breaker")
            .Select(r => new Breaker(new Epoch(r.Tick), (int)r.Lost, r.IsOpen != 0))
            .FirstOrDefault(Fleet.Breaker.Closed);

    public static void Put(IDbConnection db, Breaker breaker, LossLedger losses)
    {
        db.Execute(
            "INSERT OR REPLACE INTO release_breaker (one, tick, lost, is_open) VALUES (1, @tick, @Lost, @IsOpen)",
            new { tick = breaker.Tick.Number, breaker.Lost, breaker.IsOpen });
        db.Execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (@LossesKey, @value)",
            new { LossesKey, value = Text(losses) });
    }

    /// <summary>What the breaker counted; nothing where an earlier program wrote the breaker alone.</summary>
    public static LossLedger Losses(IDbConnection db)
    {
        var lines = db.QueryFirstOrDefault<string?>("SELECT value FROM meta WHERE key = @LossesKey", new { LossesKey })
            ?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (lines.Length == 0 || lines[0].Split(' ') is not [var tick, var opened]) return LossLedger.Empty;
        return new LossLedger(
            new Epoch(Number(tick)), opened == "-" ? null : Number(opened),
            [.. lines.Skip(1).Select(l => l.Split(' ')).Select(Count).OfType<LossCount>()]);
    }

    private static string Text(LossLedger losses) => string.Join('\n', losses.Counts
        .Select(c => string.Create(
            CultureInfo.InvariantCulture, $"{(int)c.Kind} {c.Device} {c.Volume} {c.Copies}"))
        .Prepend(string.Create(CultureInfo.InvariantCulture, $"{losses.Tick.Number} {Opened(losses)}")));

    private static string Opened(LossLedger losses) =>
        losses.OpenedMs?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static LossCount? Count(string[] words) =>
        words is [var kind, var device, var volume, var copies]
        && DeviceId.TryParse(device, out var of) && VolumeId.TryParse(volume, out var on)
            ? new LossCount((LossKind)Number(kind), of, on, (int)Number(copies))
            : null;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static EventRef Intent(byte[] bytes) =>
        LockBytes.TryRead(bytes) ?? throw new InvalidDataException("No event is named so.");

    private static LockRefusal[] Refused(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(':'))
            .Select(r => DeviceId.TryParse(r[0], out var holder) ? new LockRefusal(holder, r[1]) : null)
            .OfType<LockRefusal>(),
    ];
}
