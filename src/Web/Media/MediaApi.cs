using System.Text;
using Anarchive.Fleet;
using Anarchive.Node;
using Microsoft.Net.Http.Headers;

namespace Anarchive.Web;

/// <summary>Films and music of this device for players on the owner's own listener, named by what they are.</summary>
/// <remarks>A player in a page sends no key; another site's page cannot guess an item, nor read what it gets.</remarks>
internal static class MediaApi
{
    private const string PlaylistType = "application/vnd.apple.mpegurl";
    private const string TextType = "text/vtt; charset=utf-8";

    public static void MapMedia(this RouteGroupBuilder api)
    {
        var media = api.MapGroup("/media/{item}").WithTags("media");
        media.MapMethods("", [HttpMethods.Get, HttpMethods.Head], FileAsync)
            .WithSummary(
                "An item's own bytes, or a range of them. With look=true it does not count as played; a player says so "
                + "by its position.")
            .Produces(200, contentType: Playback.UnknownType).Produces(206).Problem(404).Produces(416);
        media.MapGet("/info", InfoAsync)
            .WithSummary("What an item is made of, how it plays in a browser, its subtitles and chapters.")
            .Produces<MediaDto>().Problem(404, 409, 503);
        media.MapGet("/subtitles/{n:int}", SubtitlesAsync).WithSummary("Text subtitles as WebVTT.")
            .Produces(200, contentType: "text/vtt").Problem(404, 409, 503);
        media.MapGet("/hls/{viewing}/index.m3u8", PlaylistAsync)
            .WithSummary("A complete playlist; the player names its viewing by up to 32 letters, digits, - and _.")
            .Produces(200, contentType: PlaylistType).Problem(404, 409, 503);
        media.MapGet("/hls/{viewing}/init.mp4", InitAsync).WithSummary("What stands before every segment.")
            .Produces(200, contentType: "video/mp4").Problem(404, 409, 503);
        media.MapGet("/hls/{viewing}/{n:int}.m4s", SegmentAsync).WithSummary("A segment, made when it is asked for.")
            .Produces(200, contentType: "video/mp4").Problem(404, 409, 503);
    }

    private static async Task<IResult> FileAsync(
        string item, HttpRequest request, StreamDesk desk, CancellationToken cancellation, bool look = false)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        // A range in a unit that is not known asks for nothing (RFC 9110, 14.2); the framework would take it for bytes.
        if (!request.Headers.Range.ToString().StartsWith("bytes=", StringComparison.Ordinal))
            request.Headers.Range = default;
        var use = !HttpMethods.IsGet(request.Method) ? MediaUse.Ask : look ? MediaUse.Look : MediaUse.Play;
        var (content, type, problem) = await desk.FileAsync(id, use, cancellation);
        return content is null
            ? Problems.Answer(problem!)
            : TypedResults.Stream(
                content, type, entityTag: new EntityTagHeaderValue($"\"{id}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> InfoAsync(string item, StreamDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        var (view, problem) = await desk.LookAsync(id, asksKeys: true, cancellation);
        return view is null ? Problems.Answer(problem!) : TypedResults.Json(Dto(view), ApiJson.Default.MediaDto);
    }

    private static async Task<IResult> SubtitlesAsync(
        string item, int n, StreamDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        var (text, problem) = await desk.SubtitlesAsync(id, n, cancellation);
        return text is null ? Problems.Answer(problem!) : TypedResults.Bytes(text, TextType);
    }

    private static async Task<IResult> PlaylistAsync(
        string item, string viewing, StreamDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        var (playlist, problem) = await desk.PlaylistAsync(id, viewing, cancellation);
        return playlist is null
            ? Problems.Answer(problem!)
            : TypedResults.Bytes(Encoding.ASCII.GetBytes(playlist), PlaylistType);
    }

    private static async Task<IResult> InitAsync(
        string item, string viewing, StreamDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        var (init, problem) = await desk.InitAsync(id, viewing, cancellation);
        return init is null ? Problems.Answer(problem!) : TypedResults.Bytes(init, "video/mp4");
    }

    private static async Task<IResult> SegmentAsync(
        string item, string viewing, int n, StreamDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(item, out var id)) return NoItem();
        var (segment, problem) = await desk.SegmentAsync(id, viewing, n, cancellation);
        return segment is null ? Problems.Answer(problem!) : TypedResults.Stream(segment, "video/mp4");
    }

    private static MediaDto Dto(StreamView view)
    {
        var (facts, playback) = (view.Facts, view.Playback);
        return new MediaDto(
            view.Item.ToString(), view.Bytes, facts.DurationMs, Word(playback.Mode), playback.ContentType,
            SegmentType(facts), HlsTimeline.OffsetMs,
            facts.Picture is { } p ? new PictureDto(p.Codec, p.Width, p.Height) : null,
            [.. facts.Sounds.Select(s => new SoundDto(s.Codec, s.Channels, s.Language))],
            [.. facts.Texts.Select((t, n) => new TextDto(n, t.Codec, t.Language))],
            [.. facts.Chapters.Select(c => new MediaChapterDto(c.Title, c.StartMs, c.EndMs))]);
    }

    /// <summary>H.264 at its widest and AAC-LC (RFC 6381): what browsers ask before they open a MediaSource.</summary>
    public static string SegmentType(StreamFacts facts) =>
        (facts.Picture is null ? "audio/mp4" : "video/mp4") + "; codecs=\"" + string.Join(
            ',', new[] { facts.Picture is null ? null : "avc1.640033", facts.Sound is null ? null : "mp4a.40.2" }
                .OfType<string>()) + '"';

    private static string Word(PlayMode mode) => mode switch
    {
        PlayMode.Direct => "direct",
        PlayMode.Remux => "remux",
        _ => "transcode",
    };

    private static IResult NoItem() => Problems.Answer(Problem.NotFound("item on this device"));
}
