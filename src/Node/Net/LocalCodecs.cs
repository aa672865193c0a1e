using System.Collections.Concurrent;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Names codings that parts know as "other", by the file itself where it is here.</summary>
/// <remarks>A word more in the parts would be a payload that nodes of today do not read.</remarks>
public sealed class LocalCodecs(ItemScopes scopes, ILogger<LocalCodecs> log)
{
    private const int KnownMax = 1_000;

    // A program runs for each answer, which stays the same for as long as the file does.
    private readonly ConcurrentDictionary<(string Key, string Path, long Bytes, DateTime Written), string?> _known =
        new();

    /// <summary>Null where the parts have a word for it, and where the file is not here any more.</summary>
    public async Task<string?> OfAsync(KeyView view, CancellationToken cancellation)
    {
        if (view.Quality?.Probe is not { Vcodec: VideoCodec.Other }) return null;
        foreach (var path in scopes.Items(view.Key).Select(i => i.Path))
        {
            try
            {
                if (new FileInfo(path) is { Exists: true } file
                    && await OfAsync(view.Key, file, cancellation) is { } codec) return codec;
            }
            catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
            {
                NodeLog.MediaNotRead(log);
            }
        }

        return null;
    }

    private async Task<string?> OfAsync(string key, FileInfo file, CancellationToken cancellation)
    {
        var seen = (key, file.FullName, file.Length, file.LastWriteTimeUtc);
        if (_known.TryGetValue(seen, out var known)) return known;
        var codec = await MediaFile.OshKeyAsync(file.FullName, cancellation) == key
            ? await QualityProbe.CodecAsync(file.FullName, cancellation)
            : null;
        if (_known.Count >= KnownMax) _known.Clear();
        _known[seen] = codec;
        return codec;
    }
}
