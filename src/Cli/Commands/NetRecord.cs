using System.Text.Json.Nodes;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary><c>anarchive net detect PATH --record</c>: the running node looks, and records what it finds.</summary>
internal static class NetRecord
{
    private const string Detect = "/api/v1/net/detect";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);

    public static async Task<Answer> RunAsync(
        Invocation invocation, string path, bool areFilms, IReadOnlyList<string> works, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject
        {
            ["path"] = Path.GetFullPath(path),
            ["films"] = areFilms,
            ["works"] = new JsonArray([.. works.Select(w => (JsonNode)w)]),
        };
        var job = (JsonObject)await node.PostAsync(Detect, asked, cancellation);
        job = await WaitAsync(invocation, node, job, cancellation);
        if (job.Text("state") == "failed")
            throw CliFailure.Refused(job.Need("code"), job.Need("sentence"));
        var failed = job.Array("files").Any(f => f["error"] is not null);
        return Answer.Done((JsonObject)Documents.Camel(job)!, [.. Lines(job)]) with
        {
            ExitCode = failed ? ExitCodes.Bad : ExitCodes.Done,
            Table = Terminal.Table(["File", "Found"], job.Array("files").Select(f => new[]
            {
                f.Text("file") ?? "", f.Text("error") ?? Found(f),
            })),
        };
    }

    private static async Task<JsonObject> WaitAsync(
        Invocation invocation, NodeApi node, JsonObject job, CancellationToken cancellation)
    {
        var id = job.Need("id");
        try
        {
            using var progress = new Progress(invocation.Terminal);
            while (job.Text("state") == "running")
            {
                progress.Tell(job.Text("progress") ?? "");
                await Task.Delay(LookEvery, cancellation);
                job = (JsonObject)await node.GetAsync($"{Detect}/{id}", cancellation);
            }

            return job;
        }
        catch (OperationCanceledException)
        {
            await node.SendAsync(HttpMethod.Delete, $"{Detect}/{id}", null, CancellationToken.None);
            throw;
        }
    }

    private static IEnumerable<string> Lines(JsonObject job)
    {
        yield return job.Number("recorded") == 0
            ? "Nothing new was recorded."
            : $"{Counted.Of((int)job.Number("recorded"), "observation")} recorded; written with the next full hour.";
        var hidden = job.Array("refused").Where(r => r.Text("why") == "private").Select(r => r.Text("file")).Distinct()
            .Count();
        if (hidden > 0)
            yield return "Some of it may not be said: the files lie in no open folder, or in a sensitive one. "
                + "Open it with: anarchive net folder add DIR";
        foreach (var refused in job.Array("refused").Where(r => r.Text("why") != "private"))
            yield return $"Not recorded: {refused.Text("what")} of {refused.Text("file")} ({refused.Text("why")}).";
    }

    private static string Found(JsonObject file)
    {
        var markers = file.Array("markers").Select(m =>
            $"{m.Text("type")} {ClockTime.Show(m.Number("start_ms"))} – "
            + $"{(m["end_ms"] is null ? "end" : ClockTime.Show(m.Number("end_ms")))} ({m.Text("method")})").ToList();
        return markers.Count > 0 ? string.Join(", ", markers) : "nothing";
    }
}
