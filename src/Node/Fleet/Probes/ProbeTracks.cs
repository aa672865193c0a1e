using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>What this device's own probes say of others, durable.</summary>
public sealed class ProbeTracks(Database database, LogWriter writer)
{
    /// <summary>By the device that was probed.</summary>
    public IReadOnlyDictionary<DeviceId, ReachabilityTrack> All()
    {
        using var db = database.OpenReader();
        return db.Query<(byte[] Subject, long Uptime, long Samples, long Missed, long Silent, long? Ok, long? Sample,
                long Bucket, long Returned)>(
                """
                SELECT subject, uptime_q32, samples, missed, silent_ms, ok_ms, sample_ms, bucket, is_returned
                FROM probe_tracks
                """)
            .ToDictionary(
                r => new DeviceId(new Hash256(r.Subject)),
                r => new ReachabilityTrack
                {
                    UptimeQ32 = r.Uptime,
                    Samples = (int)r.Samples,
                    Missed = (int)r.Missed,
                    SilentMs = r.Silent,
                    LastOkMs = r.Ok,
                    LastSampleMs = r.Sample,
                    Bucket = (int)r.Bucket,
                    IsReturned = r.Returned != 0,
                });
    }

    /// <summary>Durable when it returns.</summary>
    public Task SaveAsync(
        IReadOnlyDictionary<DeviceId, ReachabilityTrack> tracks, CancellationToken cancellation) =>
        writer.OnWriterAsync(
            db =>
            {
                foreach (var (subject, track) in tracks)
                    db.Execute(
                        """
                        INSERT OR REPLACE INTO probe_tracks
                            (subject, uptime_q32, samples, missed, silent_ms, ok_ms, sample_ms, bucket, is_returned)
                        VALUES
                            (@subject, @UptimeQ32, @Samples, @Missed, @SilentMs, @LastOkMs, @LastSampleMs, @Bucket,
                             @IsReturned)
                        """,
                        new
                        {
                            subject = subject.Value.ToArray(),
                            track.UptimeQ32,
                            track.Samples,
                            track.Missed,
                            track.SilentMs,
                            track.LastOkMs,
                            track.LastSampleMs,
                            track.Bucket,
                            track.IsReturned,
                        });
            },
            cancellation);
}
