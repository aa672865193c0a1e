using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Names codings that parts know as "other", by the file itself where it is here.</summary>
/// <remarks>A word more in the parts would be a payload that nodes of today do not read.</remarks>
public sealed class LocalCodecs(ItemScopes scopes, ILogger<LocalCodecs> log)
{
    /// <summary>Null where the parts have a word for it, and where the file is not here any more.</summary>
    public async Task<string?> OfAsync(KeyView view, CancellationToken cancellation)
    {
        if (view.Quality?.Probe is not { Vcodec: VideoCodec.Other }) return null;
        foreach (var path in scopes.Items(view.Key).Select(i => i.Path))
        {
            try
            {
                if (File.Exists(path) && await MediaFile.OshKeyAsync(path, cancellation) == view.Key
                    && await QualityProbe.CodecAsync(path, cancellation) is { } codec) return codec;
            }
            catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
            {
                NodeLog.MediaNotRead(log);
            }
        }

        return null;
    }
}
