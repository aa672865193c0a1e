using System.Globalization;

namespace Anarchive.Tests.Integration;

/// <summary>What one episode is made of. Seconds; null where it has none.</summary>
/// <param name="Coding">ffmpeg's arguments.</param>
internal sealed record EpisodePlan(
    double? ThemeAt, double GainDecibels, float Noise, string Coding, double? JingleAt, string Extension = "mkv");

/// <summary>
/// A season that was never broadcast: speech over music, a common theme that somebody talks over, common credits over
/// black, and a jingle that is no intro. Equal seeds make equal sound.
/// </summary>
internal sealed class SyntheticSeason
{
    private const double JingleSeconds = 8;
    private const double VoiceOverSeconds = 12;

    private readonly int _seed;
    private readonly float[] _theme;
    private readonly float[] _credits;
    private readonly float[] _jingle;
    private readonly Speakers _speakers;

    private SyntheticSeason(int seed, double length, double themeLength, double creditsLength, Speakers speakers)
    {
        (_seed, Length, ThemeLength, _speakers) = (seed, length, themeLength, speakers);
        CreditsAt = length - creditsLength;
        _theme = new Band(seed * 100 + 1).Play(themeLength);
        _credits = new Band(seed * 100 + 2).Play(creditsLength);
        _jingle = new Band(seed * 100 + 3).Play(JingleSeconds);
    }

    public double Length { get; }

    public double ThemeLength { get; }

    public double CreditsAt { get; }

    /// <summary>The season of the design: seven minutes each, with picture.</summary>
    public static IReadOnlyList<EpisodePlan> Reference { get; } =
    [
        new(0, 0, 0, "libmp3lame -b:a 128k", 200),
        new(37.4, -3, 0.002f, "aac -b:a 96k", null),
        new(92, -9, 0.004f, "ac3 -b:a 192k", 260),
        new(61.25, 2, 0.001f, "libopus -b:a 64k", null),
        new(12.7, -6, 0.006f, "libvorbis -q:a 3", 30),
        new(null, 0, 0.002f, "aac -b:a 128k", 300),
    ];

    public static async Task<SyntheticSeason> Compose(
        int seed, double length, double themeLength, double creditsLength) =>
        new(seed, length, themeLength, creditsLength, await Speakers.Record(seed, 20));

    /// <summary>Six episodes drawn by chance, one of them without the theme.</summary>
    public IReadOnlyList<EpisodePlan> Draw()
    {
        var random = new Random(_seed);
        string[] codings =
        [
            "libmp3lame -b:a 128k", "aac -aac_coder fast -b:a 96k", "ac3 -b:a 192k",
            "libopus -compression_level 0 -b:a 64k", "libvorbis -q:a 3", "ac3 -b:a 128k",
        ];
        var without = random.Next(6);
        return
        [
            .. codings.Select((coding, at) => new EpisodePlan(
                at == without ? null : random.NextDouble() * (300 - ThemeLength - 5), random.Next(-9, 4),
                random.Next(7) * 0.001f, coding, random.Next(2) == 0 ? null : random.NextDouble() * 290, "mka")),
        ];
    }

    /// <summary>Makes the files <c>e1</c>, <c>e2</c> … in a folder.</summary>
    public async Task Make(string folder, IReadOnlyList<EpisodePlan> plans)
    {
        Directory.CreateDirectory(folder);
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        await Parallel.ForAsync(0, plans.Count, two, async (at, _) =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"e{at + 1}.{plans[at].Extension}");
            await Encode(Path.Combine(folder, name), Mix(plans[at], at), plans[at]);
        });
    }

    private float[] Mix(EpisodePlan plan, int number)
    {
        var random = new Random(_seed * 1_000 + number);
        var sound = _speakers.Talk(Length, random);
        Pcm.Mix(sound, new Band(_seed * 1_000 + number).Play(Length), 0, 0.35f);
        if (plan.ThemeAt is { } theme)
        {
            Pcm.Replace(sound, _theme, theme);
            var voice = _speakers.Talk(VoiceOverSeconds, random);
            Pcm.Mix(sound, voice, theme + (ThemeLength - VoiceOverSeconds) / 2, 0.7f);
        }

        if (plan.JingleAt is { } jingle) Pcm.Replace(sound, _jingle, jingle);
        Pcm.Replace(sound, _credits, CreditsAt);
        var gain = Pcm.Gain(plan.GainDecibels);
        foreach (ref var sample in sound.AsSpan()) sample *= gain;
        Pcm.AddPinkNoise(sound, plan.Noise, random);
        return sound;
    }

    private async Task Encode(string path, float[] sound, EpisodePlan plan)
    {
        var raw = path + ".raw";
        await File.WriteAllBytesAsync(raw, Pcm.Bytes(sound));
        var seconds = Length.ToString(CultureInfo.InvariantCulture);
        var credits = CreditsAt.ToString(CultureInfo.InvariantCulture);
        string[] picture = plan.Extension == "mkv"
            ?
            [
                "-f", "lavfi", "-i",
                $"color=c=teal:s=64x36:r=5:d={seconds},drawbox=color=black:t=fill:enable='gte(t,{credits})'",
                "-c:v", "mpeg4", "-q:v", "5",
            ]
            : [];
        await MediaPrograms.Run(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "s16le", "-ar", "22050", "-ac", "1", "-i", raw, .. picture,
                "-threads", "1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-c:a", .. plan.Coding.Split(' '),
                path,
            ]);
        File.Delete(raw);
    }
}
