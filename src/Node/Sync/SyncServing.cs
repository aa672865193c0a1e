using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>What members may read: events of any chain held here, and the group's status.</summary>
public sealed class SyncServing(
    IEventReader reader, LogWriter writer, HiveQueries hives, PartRecords parts, FleetDigests fleets,
    EditionFiles files)
{
    /// <summary><c>GET …/events</c>: batches of the wanted chains within the caller's credit and ours.</summary>
    public Task PullAsync(HttpContext context, NodeId peer, GroupId group) => PullAsync(context, group, null);

    /// <summary>As above; of runs only those that begin within <paramref name="bound"/>.</summary>
    public async Task PullAsync(HttpContext context, GroupId group, VersionVector? bound)
    {
        if (PullQuery.TryRead(context.Request.Query) is not { } query)
        {
            await SyncAnswer.ErrorAsync(context, "malformed");
            return;
        }

        if (writer.EditionOf(group) is { } edition && !query.IsOnly
            && query.Wants.Any(want => want.After < edition.Cut.SeqOf(want.Chain)))
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            var behind = new BehindReply(
                new ErrorCode(Refusal.BehindEdition.Code()),
                Base64UrlText.Encode(edition.File.ToArray()),
                Wire.Heads(edition.Cut.Heads));
            await SyncAnswer.JsonAsync(context, behind, SyncJson.Default.BehindReply);
            return;
        }

        var json = context.Request.Headers.Accept.ToString() == SyncBody.JsonType;
        context.Response.ContentType = json ? SyncBody.JsonType : SyncBody.EventsType;
        var output = context.Response.BodyWriter;
        var asJson = new List<WireBatch>();
        var batches = query.IsOnly
            ? RunSelection.OneByOne(reader, group, query.Wants, query.EventsMax, query.BytesMax)
            : RunSelection.OldestFirst(reader, group, query.Wants, query.EventsMax, query.BytesMax);
        foreach (var batch in batches)
        {
            if (bound is not null && batch.FirstSeq > bound.SeqOf(batch.Chain)) continue;
            if (json)
            {
                if (Wire.ToJson(batch) is { } readable) asJson.Add(readable);
                continue;
            }

            BatchFraming.Write(batch, output);
            // Waits where the caller reads slowly: one batch per caller is in memory, whatever it asked for.
            if ((await output.FlushAsync(context.RequestAborted)).IsCompleted) return;
        }

        if (json) await SyncAnswer.JsonAsync(context, asJson, SyncJson.Default.IReadOnlyListWireBatch);
    }

    /// <summary><c>GET …/status</c>, or one fork proof with <c>?proof=</c>.</summary>
    public Task StatusAsync(HttpContext context, NodeId peer, GroupId group)
    {
        if (context.Request.Query.TryGetValue("proof", out var wanted)) return ProofAsync(context, group, wanted);
        var vector = writer.Durable(group);
        return SyncAnswer.JsonAsync(
            context,
            new StatusReply(
                Wire.Heads(vector.Heads),
                Base64UrlText.Encode(vector.Digest().ToArray()),
                Base64UrlText.Encode((parts.StateOf(group) ?? fleets.Of(group) ?? hives.StateDigest(group)).ToArray()),
                writer.Parked(group),
                hives.Owed(group),
                writer.Backlog(group),
                writer.EditionOf(group) is { } edition ? Base64UrlText.Encode(edition.File.ToArray()) : null),
            SyncJson.Default.StatusReply);
    }

    /// <summary><c>GET …/editions/{hash}</c>: the file, or ranges of it.</summary>
    public Task EditionAsync(HttpContext context, NodeId peer, GroupId group)
    {
        var isHash = Base64UrlText.TryDecode(context.Request.RouteValues["hash"] as string, out var hash);
        var path = files.PathOf(group, hash);
        return isHash && File.Exists(path)
            ? Results.File(path, SyncBody.EditionType, enableRangeProcessing: true).ExecuteAsync(context)
            : SyncAnswer.NotFoundAsync(context);
    }

    /// <summary><c>GET …/editions/{hash}/seal</c>: the file's last line, by which its pieces are checked.</summary>
    public Task SealAsync(HttpContext context, NodeId peer, GroupId group)
    {
        if (!Base64UrlText.TryDecode(context.Request.RouteValues["hash"] as string, out var hash)
            || files.SealOf(group, hash) is not { } seal)
            return SyncAnswer.NotFoundAsync(context);
        var line = seal.Write();
        context.Response.ContentType = SyncBody.JsonType;
        context.Response.ContentLength = line.Length;
        return context.Response.Body.WriteAsync(line, context.RequestAborted).AsTask();
    }

    private Task ProofAsync(HttpContext context, GroupId group, string? wanted)
    {
        if (Wire.TryReadPlace(wanted) is not var (chain, seq)) return SyncAnswer.ErrorAsync(context, "malformed");
        var fork = writer.Forks(group).FirstOrDefault(f => f.Chain == chain && f.Seq == seq);
        if (fork is null) return SyncAnswer.NotFoundAsync(context);
        context.Response.ContentType = SyncBody.EventsType;
        context.Response.ContentLength = fork.Proof.Length;
        return context.Response.Body.WriteAsync(fork.Proof, context.RequestAborted).AsTask();
    }
}

/// <summary>What a pull asks for.</summary>
/// <param name="Wants">Chains and the seq after which to start.</param>
/// <param name="IsOnly">Each want is one event whose payload is owed, not a chain's rest.</param>
internal sealed record PullQuery(IReadOnlyList<Want> Wants, bool IsOnly, int EventsMax, int BytesMax)
{
    /// <summary>Null for unknown or repeated parameters, more than 64 wants, or numbers that are none.</summary>
    public static PullQuery? TryRead(IQueryCollection query)
    {
        foreach (var key in query.Keys)
            if (key is not ("want" or "only" or "events" or "bytes")) return null;
        var only = query.ContainsKey("only");
        if (only == query.ContainsKey("want")) return null;
        var places = only ? query["only"] : query["want"];
        if (places.Count is 0 or > Limits.WantsMax) return null;
        var wants = new List<Want>(places.Count);
        foreach (var place in places)
        {
            if (Wire.TryReadPlace(place) is not var (chain, seq) || (only && seq == 0)) return null;
            wants.Add(new Want(chain, only ? seq - 1 : seq));
        }

        if (Bound(query, "events", Limits.CreditEvents) is not { } events) return null;
        if (Bound(query, "bytes", Limits.CreditBytes) is not { } bytes) return null;
        return new PullQuery(wants, only, events, bytes);
    }

    private static int? Bound(IQueryCollection query, string name, int most)
    {
        if (!query.TryGetValue(name, out var text)) return most;
        return text.Count == 1 && Wire.TryReadNumber(text[0]) is { } number ? (int)Math.Min(number, most) : null;
    }
}
