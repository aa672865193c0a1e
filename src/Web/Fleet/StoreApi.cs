using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>This device's volumes, files and copies, for its owner.</summary>
internal static class StoreApi
{
    public static void MapStore(this RouteGroupBuilder api)
    {
        var store = api.MapGroup("/fleet/store").WithTags("fleet").ForOwner();
        store.MapGet("", Show).WithSummary("Volumes of this device, watched folders, and how far hashing is.")
            .Produces<StoreDto>().Problem(401, 403);
        store.MapPost("/volumes", AddAsync).WithSummary("Make a folder a volume of this device.")
            .Produces<StoreDto>(201).Problem(400, 401, 403, 409);
        store.MapPost("/volumes/{id}/move", MoveAsync).WithSummary("Say where a volume is now.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        store.MapPost("/volumes/{id}/watch", WatchAsync).WithSummary("Watch a folder of a volume.")
            .Produces(204).Problem(400, 401, 403, 404);
        store.MapPost("/volumes/{id}/remove", RemoveAsync)
            .WithSummary("Vouch for a volume no more, or for a watched folder of one; told first, deletes nothing.")
            .Produces<ConsequenceDto>().Problem(400, 401, 403, 404, 409);
        store.MapPost("/scan", ScanAsync).WithSummary("Look at watched folders now.")
            .Produces<IReadOnlyList<ScanDto>>().Problem(400, 401, 403);
        store.MapGet("/copies", (CopyDesk desk) => TypedResults.Json(
                (IReadOnlyList<CopyDto>)[.. desk.All().Select(Dto)], ApiJson.Default.IReadOnlyListCopyDto))
            .WithSummary("Copies that were asked for.").Produces<IReadOnlyList<CopyDto>>().Problem(401, 403);
        store.MapPost("/copies", CopyAsync).WithSummary("Have an item copied to this device.")
            .Produces<CopyDto>(202).Problem(400, 401, 403, 404, 409);
        store.MapDelete("/copies/{item}/{volume}", CancelAsync).WithSummary("Cancel a copy; what came stays.")
            .Produces(204).Problem(401, 403, 404);
        store.MapPost("/ssh", SshAsync).WithSummary("Say how a device is reached by ssh.")
            .Produces(204).Problem(400, 401, 403);
        store.MapPost("/serve-copy", ServeCopy).WithSummary("What a restricted ssh key may have run.")
            .Produces<ServeCopyDto>().Problem(401, 403, 404);
    }

    private static IResult Show(Volumes volumes, ItemStore store, HashWork hashing) =>
        TypedResults.Json(Dto(volumes, store, hashing), ApiJson.Default.StoreDto);

    private static async Task<IResult> AddAsync(
        VolumeRequest request, Volumes volumes, ItemStore store, HashWork hashing, StoreTelling telling,
        CancellationToken cancellation)
    {
        var (_, problem) = await volumes.AddAsync(request.Folder, request.Name, request.Reserve, cancellation);
        if (problem is not null) return Problems.Answer(problem);
        // Where the log does not take it now, the next look at this device says it.
        _ = await telling.DeclareAsync(cancellation);
        return TypedResults.Json(Dto(volumes, store, hashing), ApiJson.Default.StoreDto, statusCode: 201);
    }

    private static async Task<IResult> MoveAsync(
        string id, VolumeFolderRequest request, Volumes volumes, CancellationToken cancellation) =>
        Answer(volumes.Named(id) is { } volume
            ? await volumes.MoveAsync(volume, request.Folder, cancellation)
            : Problem.NotFound("volume"));

    private static async Task<IResult> WatchAsync(
        string id, VolumeFolderRequest request, Volumes volumes, ItemStore store, CancellationToken cancellation) =>
        Answer(volumes.Named(id) is { } volume
            ? await store.WatchAsync(volume, request.Folder, cancellation)
            : Problem.NotFound("volume"));

    private static async Task<IResult> RemoveAsync(
        string id, VolumeRemoveRequest request, Volumes volumes, VolumeRemoval removal,
        CancellationToken cancellation)
    {
        if (volumes.Named(id) is not { } volume) return Problems.Answer(Problem.NotFound("volume"));
        var (plan, bad) = FleetWords.Plan(request.Apply);
        if (bad is not null) return Problems.Answer(bad);
        var (told, problem) = await removal.RemoveAsync(volume, request.Folder, plan, cancellation);
        return FleetRulesApi.Told(told, problem);
    }

    private static async Task<IResult> ScanAsync(
        ScanRequest request, ItemStore store, StoreLoop loop, CancellationToken cancellation)
    {
        var scans = await store.ScanAsync(
            request.LetGo ? Missing.IsGone : Missing.Counts, cancellation);
        loop.Wake();
        return TypedResults.Json(
            (IReadOnlyList<ScanDto>)
            [
                .. scans.Select(s => new ScanDto(s.Volume.ToString(), s.Absence, s.Files, s.Fresh, s.Moved, s.Gone)),
            ],
            ApiJson.Default.IReadOnlyListScanDto);
    }

    private static async Task<IResult> CopyAsync(
        CopyRequest request, Volumes volumes, CopyDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(request.Item, out var item))
            return Problems.Answer(new Problem("bad_item", 400, "An item is named by 64 hex digits."));
        VolumeId? volume = null;
        if (request.Volume is { } named)
        {
            if (volumes.Named(named) is not { } id) return Problems.Answer(Problem.NotFound("volume"));
            volume = id;
        }

        NodeId? source = null;
        if (request.Source is { } from)
        {
            if (!NodeId.TryParse(from, out var node)) return Problems.Answer(Problem.NotFound("device"));
            source = node;
        }

        var (copy, problem) = await desk.AskAsync(item, volume, source, cancellation);
        return problem is null
            ? TypedResults.Json(Dto(copy!), ApiJson.Default.CopyDto, statusCode: 202)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> CancelAsync(
        string item, string volume, Volumes volumes, CopyDesk desk, CancellationToken cancellation) =>
        Answer(ItemId.TryParse(item, out var what) && volumes.Named(volume) is { } where
            && await desk.CancelAsync(what, where, cancellation)
            ? null
            : Problem.NotFound("copy"));

    private static async Task<IResult> SshAsync(SshRequest request, SshBook book, CancellationToken cancellation)
    {
        var way = new SshWay(request.User, request.Host, request.Port, request.Key, request.KnownHosts);
        return Answer(NodeId.TryParse(request.Device, out var device)
            ? await book.SetAsync(device, way, cancellation)
            : Problem.NotFound("device"));
    }

    /// <summary>Whatever is wrong with it, the answer is one and the same.</summary>
    private static IResult ServeCopy(ServeCopyRequest request, ItemServing serving) =>
        RsyncCommand.TryParse(request.Command) is { } asked && serving.Resolve(asked.Item, asked.Token) is { } copy
            ? TypedResults.Json(
                new ServeCopyDto(copy.FullPath, asked.Name, asked.Arguments), ApiJson.Default.ServeCopyDto)
            : Answer(Problem.NotFound("transfer"));

    private static IResult Answer(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : Problems.Answer(problem);

    private static StoreDto Dto(Volumes volumes, ItemStore store, HashWork hashing)
    {
        var folders = store.Folders().ToLookup(f => f.Volume, f => f.Folder);
        var scans = store.Scans.ToDictionary(s => s.Volume);
        var progress = hashing.Progress();
        return new StoreDto(
            [
                .. volumes.Sights().Select(s => new VolumeDto(
                    s.Volume.Id.ToString(), s.Volume.Name, s.Volume.Root, s.IsPresent,
                    s.Absence ?? scans.GetValueOrDefault(s.Volume.Id)?.FolderAbsence, s.FreeBytes, s.CapacityBytes,
                    s.Volume.ReserveBytes, [.. folders[s.Volume.Id]])),
            ],
            store.PresentCount(),
            new HashingDto(progress.Files, progress.Bytes, progress.DoneBytes));
    }

    private static CopyDto Dto(CopyView copy) => new(
        copy.Item.ToString(), copy.Volume.ToString(), copy.State, copy.Code, copy.Progress.Bytes,
        copy.Progress.BytesAll);
}
