using System.Globalization;
using System.Threading.RateLimiting;
using Anarchive.Node;
using Microsoft.AspNetCore.RateLimiting;

namespace Anarchive.Web;

/// <summary>
/// How often a caller may ask, which does not limit the owner, and how many writes are under way at once, whoever's
/// they are. The sync protocol has its own quotas.
/// </summary>
internal static class RateLimits
{
    public static void Configure(RateLimiterOptions options)
    {
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(Partition),
            PartitionedRateLimiter.Create<HttpContext, string>(Places));
        options.OnRejected = async (rejected, cancellation) =>
        {
            var told = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after);
            var wait = told ? after : TimeSpan.FromSeconds(1);
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await PageAnswers.RefuseAsync(rejected.HttpContext,
                new Problem("rate_limited", 429, "Too many requests. Wait a moment and try again."));
        };
    }

    private static RateLimitPartition<string> Partition(HttpContext context)
    {
        var path = context.Request.Path;
        if (!path.StartsWithSegments("/api")) return RateLimitPartition.GetNoLimiter("pages");
        var caller = Caller.Of(context);
        if (caller.IsOwner) return RateLimitPartition.GetNoLimiter("owner");
        var who = caller.Agent?.Id ?? context.Connection.RemoteIpAddress?.ToString() ?? "local";
        if (path == "/api/v1/agents/register") return Bucket("register " + who, WebLimits.RegisterBurst, 1, 6);
        return HttpMethods.IsGet(context.Request.Method)
            ? Bucket("read " + who, WebLimits.ReadBurst, WebLimits.ReadsPerSecond, 1)
            : Bucket("write " + who, WebLimits.WriteBurst, WebLimits.WritesPerSecond, 1);
    }

    /// <summary>More writes than fill a commit wait here: within the node they would hold heartbeats up.</summary>
    private static RateLimitPartition<string> Places(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || HttpMethods.IsGet(context.Request.Method))
            return RateLimitPartition.GetNoLimiter("others");
        return RateLimitPartition.GetConcurrencyLimiter("writes", _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = WebLimits.WritesAtOnce,
            QueueLimit = WebLimits.WritesWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    private static RateLimitPartition<string> Bucket(string key, int burst, int refill, int everySeconds) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = refill,
            ReplenishmentPeriod = TimeSpan.FromSeconds(everySeconds),
            QueueLimit = 0,
        });
}
