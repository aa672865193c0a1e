using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Detections, which take a while: begun, looked at, cancelled.</summary>
internal static class DetectionApi
{
    public static void MapDetections(this RouteGroupBuilder net)
    {
        net.MapPost("/detect", Begin).WithSummary("Look at a folder or file of this node and record what is found.")
            .Produces<DetectionDto>(202).Problem(400, 401, 403, 409);
        net.MapGet("/detect/{id}", (string id, Detections detections) => Answer(detections.Find(id), 200))
            .WithSummary("How far a detection is, and what it found.").Produces<DetectionDto>().Problem(401, 403, 404);
        net.MapDelete("/detect/{id}", (string id, Detections detections) => detections.Cancel(id)
                ? Answer(detections.Find(id), 200)
                : Problems.Answer(Problem.NotFound("running detection")))
            .WithSummary("Cancel a detection; nothing is recorded.").Produces<DetectionDto>().Problem(401, 403, 404);
    }

    public static DetectionDto Dto(DetectionView job)
    {
        var episodes = job.Report?.Episodes ?? [];
        return new DetectionDto(
            job.Id, NetText.Of(job.State), job.Progress, job.Listened, job.Files.Count, job.Problem?.Code,
            job.Problem?.Sentence, job.Recorded,
            [.. job.Refused.Select(r => new RefusedDto(
                r.What != "theme" && r.File < episodes.Count ? episodes[r.File].File : "", r.What, r.Fault))],
            [.. episodes.Select(e => new DetectedDto(
                e.File, e.Keys.Count > 0 ? e.Keys[0] : null, e.DurationMs,
                [.. e.Markers.Select(m => new FoundDto(
                    NetText.Of(m.Type), m.N, m.Bounds.StartMs, m.Bounds.EndMs, NetText.Of(m.Method), m.Conf))],
                e.Failure?.Message))]);
    }

    private static IResult Begin(DetectRequest request, Detections detections)
    {
        var works = new List<WorkId>();
        foreach (var text in request.Works ?? [])
        {
            if (!WorkId.TryParse(text, out var work) || work is null) return Problems.Answer(NetApi.BadKey);
            works.Add(work);
        }

        if (!Path.IsPathRooted(request.Path))
            return Problems.Answer(new Problem("not_a_directory", 400, "A path begins at the root of this machine."));
        var (job, problem) = detections.Begin(new DetectionRequest(request.Path, request.Films, works));
        return problem is null ? Answer(job, 202) : Problems.Answer(problem);
    }

    private static IResult Answer(DetectionView? job, int status) => job is null
        ? Problems.Answer(Problem.NotFound("detection"))
        : TypedResults.Json(Dto(job), ApiJson.Default.DetectionDto, statusCode: status);
}
