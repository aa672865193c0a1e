using System.Net.Mime;
using System.Text;
using Anarchive.Net;
using Anarchive.Node;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anarchive.Web;

/// <summary>
/// Markers in the forms that players ask AniSkip and SponsorBlock for, on the owner's own listener alone: peers have
/// whole groups, so that no question tells them what somebody watches.
/// </summary>
internal static class CompatRoutes
{
    private const string Token = "/compat/{token}";

    public static void MapCompat(this WebApplication app)
    {
        // Players show the token in the address, and nothing else.
        var players = app.MapGroup("").WithMetadata(new OpenRoute(OpenTo.WhoeverReachesPages));
        players.MapGet(Token + "/aniskip/v2/skip-times/{mal}/{episode}", AniSkip).ExcludeFromDescription();
        players.MapGet(Token + "/sponsorblock/api/skipSegments/{prefix}", SponsorBlock).ExcludeFromDescription();
    }

    private static IResult AniSkip(
        string token, string mal, string episode, HttpRequest request, ReadToken tokens, PlayerMarkers players)
    {
        if (!tokens.Is(token)) return Nothing();
        var types = request.Query["types"].Concat(request.Query["types[]"]).OfType<string>().ToArray();
        var length = request.Query["episodeLength"].ToString();
        // A season of that catalogue is an entry of its own.
        IReadOnlyList<ExportMarker> markers =
            WorkId.TryParse($"work:mal:{mal}/1/{episode}", out var work) && work is not null
                ? players.Of(work)
                : [];
        var answer = AniSkipAnswer.Of(markers, types, length);
        return Json(answer.ToJson(), answer.StatusCode);
    }

    private static IResult SponsorBlock(
        string token, string prefix, HttpRequest request, ReadToken tokens, PlayerMarkers players)
    {
        if (!tokens.Is(token)) return Nothing();
        if (SponsorBlockAnswer.Prefix(prefix) is not { } known) return Json("[]", StatusCodes.Status400BadRequest);
        var list = request.Query.TryGetValue("categories", out var named) ? named.ToString() : null;
        if (SponsorBlockAnswer.CategoriesOf(list, [.. request.Query["category"].OfType<string>()]) is not { } wanted)
            return Json("[]", StatusCodes.Status400BadRequest);
        var videos = SponsorBlockAnswer.Of(known, players.WithHash(known), wanted);
        return Json(
            SponsorBlockAnswer.ToJson(videos),
            videos.Length > 0 ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }

    /// <summary>As for a page that is none.</summary>
    private static IResult Nothing() => Problems.Answer(Problem.NotFound("page"));

    private static ContentHttpResult Json(string text, int status) =>
        TypedResults.Content(text, MediaTypeNames.Application.Json, Encoding.UTF8, status);
}
