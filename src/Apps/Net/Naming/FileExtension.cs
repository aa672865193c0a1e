using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>The extensions that media and what goes with them have; anything else behind a dot is name.</summary>
internal static class FileExtension
{
    private const int CharsMax = 6;

    private static readonly FrozenDictionary<string, Container> Media = Build();

    private static readonly FrozenSet<string> Subtitles =
        "srt ass ssa sub idx vtt smi sup".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Others =
        "nfo nzb torrent jpg png txt mka mp3 flac par2 rar zip".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The name without a known extension.</summary>
    public static string Cut(string name, out Container? container, out bool isSubtitle)
    {
        (container, isSubtitle) = (null, false);
        var dot = name.LastIndexOf('.');
        if (dot < 0 || name.Length - dot - 1 > CharsMax) return name;
        var extension = name[(dot + 1)..].ToLowerInvariant();
        isSubtitle = Subtitles.Contains(extension);
        if (Media.TryGetValue(extension, out var media)) container = media;
        else if (!isSubtitle && !Others.Contains(extension)) return name;
        return name[..dot];
    }

    private static FrozenDictionary<string, Container> Build()
    {
        var media = new Dictionary<string, Container>(StringComparer.Ordinal)
        {
            ["mkv"] = Container.Mkv,
            ["mp4"] = Container.Mp4,
            ["m4v"] = Container.Mp4,
            ["avi"] = Container.Avi,
            ["ts"] = Container.Ts,
            ["m2ts"] = Container.Ts,
            ["mts"] = Container.Ts,
            ["webm"] = Container.Webm,
        };
        foreach (var other in "mov wmv mpg mpeg ogm ogv flv vob iso divx 3gp asf rmvb wtv".Split(' '))
            media[other] = Container.Other;
        return media.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
