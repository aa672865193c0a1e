using System.Net;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>What anybody may read here: hives of this node whose owner opened them.</summary>
/// <remarks>
/// The owner's node alone serves them: other members said nothing about being called by strangers. All strangers share
/// one allowance, so that they cannot take what members need.
/// </remarks>
public sealed class PublicReading(
    LogWriter writer, HiveQueries hives, SyncServing serving, OwnEndpoint own, TakesNoPart takesNoPart,
    TimeProvider time)
{
    private const double RequestsPerSecond = 50;
    private const double RequestsBurst = 500;
    private const int AtOnceMax = 16;
    private const int AtOnceFromOneMax = 4;

    // Seven mebibytes of events cost more than a status.
    private const int BodyCost = 10;

    // Readers of our own give up after half of it.
    private static readonly TimeSpan AnswerFor = TimeSpan.FromSeconds(60);

    private readonly Dictionary<IPAddress, int> _from = [];

    private readonly TokenBucket _requests = new(RequestsPerSecond, RequestsBurst);

    /// <summary>Null where nobody else may read that hive here, or nobody could reach this node.</summary>
    public PublicLink? LinkOf(GroupId group) =>
        own.Current is { } endpoint && Serves(group) ? new PublicLink(endpoint, group) : null;

    /// <summary><c>GET …/status</c>, or one fork proof with <c>?proof=</c>.</summary>
    public Task StatusAsync(HttpContext context, GroupId group) =>
        context.Request.Query.ContainsKey("proof")
            ? serving.StatusAsync(context, writer.Self, group)
            : SyncAnswer.JsonAsync(context, Describe(group), SyncJson.Default.PublicReply);

    /// <summary>
    /// <c>GET …/events</c>, of what members see; what a fork or a removal hides is evidence for them alone.
    /// </summary>
    public Task PullAsync(HttpContext context, GroupId group) =>
        serving.PullAsync(context, group, writer.Durable(group));

    /// <summary>Answers what is asked of a group; a closed hive is answered as one that is not here.</summary>
    public async Task AnswerAsync(HttpContext context, bool isBody, Func<GroupId, Task> answer)
    {
        if (!GroupId.TryParse(context.Request.RouteValues["id"] as string, out var group) || !Serves(group))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        // Behind a proxy all callers share one place.
        var from = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (Enter(from, isBody ? BodyCost : 1) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(AnswerFor);
        context.RequestAborted = limit.Token;
        try
        {
            await answer(group);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Whoever reads that slowly takes the place of others.
            context.Abort();
        }
        finally
        {
            Leave(from);
        }
    }

    private bool Serves(GroupId group) =>
        hives.IsPublic(group) && writer.AuthorityOf(group).Owner == writer.Self && !takesNoPart(group);

    private PublicReply Describe(GroupId group) => new(
        hives.TitleOf(group),
        Wire.Heads(writer.Durable(group).Heads),
        [.. writer.Forks(group).Take(MirrorReader.ForksMax).Select(f => Wire.Place(f.Chain, f.Seq))]);

    /// <summary>Null where a place was free; otherwise seconds to wait.</summary>
    private int? Enter(IPAddress from, int cost)
    {
        lock (_requests)
        {
            if (_from.GetValueOrDefault(from) >= AtOnceFromOneMax || _from.Values.Sum() >= AtOnceMax) return 1;
            if (!_requests.TryTake(cost, (long)time.GetElapsedTime(0).TotalMilliseconds + 1))
                return _requests.RetrySeconds;
            _from[from] = _from.GetValueOrDefault(from) + 1;
            return null;
        }
    }

    private void Leave(IPAddress from)
    {
        lock (_requests)
            if (--_from[from] == 0) _from.Remove(from);
    }
}
