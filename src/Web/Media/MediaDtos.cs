namespace Anarchive.Web;

/// <summary>How an item is played.</summary>
/// <param name="Play">
/// <c>direct</c>: as it is; <c>remux</c> or <c>transcode</c>: by the playlist, under a viewing's name.
/// </param>
/// <param name="ContentType">Of the file itself.</param>
/// <param name="SegmentType">Of the segments, for MediaSource.</param>
/// <param name="OffsetMs">What the segments' clock is ahead of the film's.</param>
public sealed record MediaDto(
    string Item, long SizeBytes, long DurationMs, string Play, string ContentType, string SegmentType, int OffsetMs,
    PictureDto? Picture, IReadOnlyList<SoundDto> Sounds, IReadOnlyList<TextDto> Subtitles,
    IReadOnlyList<MediaChapterDto> Chapters);

public sealed record PictureDto(string Codec, int Width, int Height);

public sealed record SoundDto(string Codec, int Channels, string Language);

/// <param name="N">Names it in <c>…/subtitles/N</c>.</param>
public sealed record TextDto(int N, string Codec, string Language);

/// <param name="Title">Empty where it has none.</param>
public sealed record MediaChapterDto(string Title, long StartMs, long EndMs);
