using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>What anybody may read here: hives of this node whose owner opened them.</summary>
/// <remarks>
/// The owner's node alone serves them: other members said nothing about being called by strangers. All strangers share
/// one allowance, so that they cannot take what members need.
/// </remarks>
public sealed class PublicReading(
    LogWriter writer, HiveQueries hives, SyncServing serving, OwnEndpoint own, TimeProvider time)
{
    private const double RequestsPerSecond = 50;
    private const double RequestsBurst = 500;
    private const int AtOnceMax = 16;

    private readonly TokenBucket _requests = new(RequestsPerSecond, RequestsBurst);
    private int _atOnce;

    /// <summary>Null where nobody else may read that hive here, or nobody could reach this node.</summary>
    public PublicLink? LinkOf(GroupId group) =>
        own.Current is { } endpoint && Serves(group) ? new PublicLink(endpoint, group) : null;

    /// <summary><c>GET …/status</c>, or one fork proof with <c>?proof=</c>.</summary>
    public Task StatusAsync(HttpContext context, GroupId group) =>
        context.Request.Query.ContainsKey("proof")
            ? serving.StatusAsync(context, writer.Self, group)
            : SyncAnswer.JsonAsync(context, Describe(group), SyncJson.Default.PublicReply);

    /// <summary>Answers what is asked of a group; a closed hive is answered as one that is not here.</summary>
    public async Task AnswerAsync(HttpContext context, Func<GroupId, Task> answer)
    {
        if (!GroupId.TryParse(context.Request.RouteValues["id"] as string, out var group) || !Serves(group))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        if (TakeRequest() is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        try
        {
            await (Interlocked.Increment(ref _atOnce) <= AtOnceMax
                ? answer(group)
                : SyncAnswer.ThrottleAsync(context, 1));
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    private bool Serves(GroupId group) =>
        writer.Holds(group) && writer.AuthorityOf(group).Owner == writer.Self && hives.IsPublic(group);

    private PublicReply Describe(GroupId group)
    {
        var vector = writer.Durable(group);
        return new PublicReply(
            hives.TitleOf(group),
            Wire.Heads(vector.Heads),
            Base64UrlText.Encode(vector.Digest().ToArray()),
            Base64UrlText.Encode(hives.StateDigest(group).ToArray()),
            [.. writer.Forks(group).Select(f => Wire.Place(f.Chain, f.Seq))]);
    }

    private int? TakeRequest()
    {
        lock (_requests)
            return _requests.TryTake(1, (long)time.GetElapsedTime(0).TotalMilliseconds + 1)
                ? null
                : _requests.RetrySeconds;
    }
}
