using System.Globalization;

namespace Anarchive.Tests.Integration;

/// <summary>Sentences without sense, spoken by espeak-ng in several voices.</summary>
internal sealed class Speakers
{
    private static readonly string[] Who =
    [
        "The captain", "My sister", "Nobody here", "An old friend", "The doctor", "Somebody", "The boy next door",
        "Every clerk", "That stranger", "Our neighbour",
    ];

    private static readonly string[] Does =
    [
        "remembers", "has hidden", "never mentioned", "wants to sell", "believes in", "was looking for", "cannot find",
        "wrote about", "laughed at", "must return",
    ];

    private static readonly string[] What =
    [
        "the letter from the coast", "a key without a lock", "what happened in March", "the yellow umbrella",
        "a train that never came", "the second photograph", "his grandmother's recipe", "an island with three names",
        "the quiet machine", "all those broken promises",
    ];

    private static readonly string[] Voices = ["en-us+m1", "en-us+m3", "en-us+m7", "en-us+f2", "en-us+f4", "en-gb+m2"];

    private readonly float[][] _monologues;

    private Speakers(float[][] monologues) => _monologues = monologues;

    /// <summary>Records so many monologues of some twenty seconds.</summary>
    public static async Task<Speakers> Record(int seed, int count)
    {
        var monologues = new float[count][];
        await Parallel.ForAsync(0, count, async (at, _) =>
        {
            var random = new Random(seed * 1_000 + at);
            var text = string.Join(". ", Enumerable.Range(0, 8).Select(_ => Sentence(random)));
            var speed = random.Next(140, 200).ToString(CultureInfo.InvariantCulture);
            var pitch = random.Next(30, 70).ToString(CultureInfo.InvariantCulture);
            var wave = await MediaPrograms.Run(
                "espeak-ng", "-v", Voices[random.Next(Voices.Length)], "-s", speed, "-p", pitch, "--stdout", text);
            // 44 bytes of header; espeak-ng speaks at 22,050 samples a second.
            monologues[at] = Pcm.FromBytes(wave.AsSpan(44));
        });
        return new Speakers(monologues);
    }

    /// <summary>Speech with short pauses, from a random place in one monologue after another.</summary>
    public float[] Talk(double seconds, Random random)
    {
        var sound = new float[Pcm.Samples(seconds)];
        for (var at = random.NextDouble(); at < seconds;)
        {
            var monologue = _monologues[random.Next(_monologues.Length)];
            var from = random.Next(monologue.Length / 2);
            var length = Math.Min(monologue.Length - from, Pcm.Samples(3 + 7 * random.NextDouble()));
            var said = monologue.AsSpan(from, length);
            Pcm.Mix(sound, said, at, 0.6f);
            at += (double)said.Length / Pcm.Rate + random.NextDouble() * 2;
        }

        return sound;
    }

    private static string Sentence(Random random) =>
        $"{Who[random.Next(10)]} {Does[random.Next(10)]} {What[random.Next(10)]}";
}
