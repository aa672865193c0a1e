using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Markers of a file in a form that a player reads.</summary>
public sealed record ExportDto(string Key, string Format, string FileName, int Markers, string Text);

/// <summary>The address under which players of this owner read markers.</summary>
public sealed record ReadTokenDto(string Token, string AniSkip, string SponsorBlock);

/// <summary>Asks for the token; <paramref name="Renew"/> ends the old one.</summary>
public sealed record ReadTokenRequest(bool Renew);

/// <summary>What players take in, for the owner's command line.</summary>
internal static class ExportApi
{
    private static readonly Problem BadFormat = new(
        "bad_format", 400, "The formats are edl, jellyfin, mpv, chapters and csv.");

    private static readonly Problem NoDuration = new(
        "duration_unknown", 409, "No file of that key was seen here: say how long it is with duration_ms.");

    public static void MapExports(this RouteGroupBuilder net)
    {
        net.MapGet("/export", Export).WithSummary("Markers of a key for a player: edl, jellyfin, mpv, chapters or csv.")
            .Produces<ExportDto>().Problem(400, 401, 403, 409);
        net.MapPost("/read-token", async (
                    ReadTokenRequest request, ReadToken token, HttpContext context, CancellationToken cancellation) =>
                {
                    var text = request.Renew
                        ? await token.RenewAsync(cancellation)
                        : await token.CurrentAsync(cancellation);
                    var at = $"{context.Request.Scheme}://{context.Request.Host}/compat/{text}";
                    return TypedResults.Json(
                        new ReadTokenDto(text, at + "/aniskip", at + "/sponsorblock"), ApiJson.Default.ReadTokenDto);
                })
            .WithSummary("The addresses under which players read markers; renew ends the old ones.")
            .Produces<ReadTokenDto>().Problem(401, 403);
    }

    private static IResult Export(
        string key, string format, PartQueries parts, long? duration_ms = null,
        string? item_id = null, bool cut = false, bool buttons = false)
    {
        if (parts.Explain(key, duration_ms) is not { } view) return Problems.Answer(NetApi.BadKey);
        var markers = PlayerMarkers.Of(view);
        if (Guid.TryParse(item_id, out var item) == string.IsNullOrEmpty(item_id) && format == "jellyfin")
            return Problems.Answer(new Problem("bad_item_id", 400, "An item's id in Jellyfin is a GUID."));
        var (name, text) = format switch
        {
            "edl" => ("markers.edl", KodiEdl.Write(markers, cut ? EdlAction.Cut : EdlAction.CommercialBreak)),
            "jellyfin" => ("segments.json", JellyfinSegments.Write(JellyfinSegments.Answer(markers, item, buttons))),
            "mpv" when (duration_ms ?? view.DurationMs) is { } duration =>
                ("markers" + MpvSidecar.Suffix, MpvSidecar.Write(markers, duration)),
            "mpv" => ("", null),
            "chapters" => ("chapters.ffmetadata", ChapterFile.Write(markers)),
            "csv" => ("markers.csv", MarkerCsv.Write(markers)),
            _ => (null, null),
        };
        if (name is null) return Problems.Answer(BadFormat);
        return text is null
            ? Problems.Answer(NoDuration)
            : TypedResults.Json(
                new ExportDto(view.Key, format, name, markers.Count, text), ApiJson.Default.ExportDto);
    }
}
