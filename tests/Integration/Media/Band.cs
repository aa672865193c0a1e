namespace Anarchive.Tests.Integration;

/// <summary>Plays music that nobody wrote: chords, a tune and a beat, drawn by chance.</summary>
internal sealed class Band
{
    private const int TableSize = 4_096;

    private static readonly float[][] Timbres = [Timbre(1, 0.5, 0.33, 0.25), Timbre(1, 0, 0.4, 0, 0.2), Timbre(1, 0.2)];
    private static readonly int[] Scale = [0, 2, 3, 5, 7, 8, 10];

    private readonly Random _random;
    private readonly int _key;
    private readonly double _beat;

    public Band(int seed)
    {
        _random = new Random(seed);
        _key = _random.Next(12);
        _beat = 0.25 + 0.25 * _random.NextDouble();
    }

    public float[] Play(double seconds)
    {
        var sound = new float[Pcm.Samples(seconds)];
        for (var at = 0.0; at < seconds; at += 4 * _beat) Bar(sound, at);
        return sound;
    }

    private void Bar(float[] sound, double at)
    {
        var root = _random.Next(7);
        foreach (var step in new[] { 0, 2, 4 }) Note(sound, at, 4 * _beat, 36 + Pitch(root + step), 0.10f, 0);
        Note(sound, at, 2 * _beat, 24 + Pitch(root), 0.16f, 2);
        for (var beat = 0; beat < 4; beat++)
        {
            if (_random.Next(4) == 0) continue;
            var step = root + _random.Next(9);
            Note(sound, at + beat * _beat, _beat * (1 + _random.Next(2)), 48 + Pitch(step), 0.14f, 1);
        }

        for (var beat = 0; beat < 4; beat += 1 + _random.Next(2)) Drum(sound, at + beat * _beat);
    }

    private int Pitch(int step) => _key + Scale[step % 7] + 12 * (step / 7);

    private static void Note(float[] sound, double at, double seconds, int semitone, float level, int timbre)
    {
        var table = Timbres[timbre];
        var step = TableSize * 27.5 * Math.Pow(2, semitone / 12.0) / Pcm.Rate;
        var start = Pcm.Samples(at);
        var count = Math.Min(Pcm.Samples(seconds), sound.Length - start);
        var (phase, fade) = (0.0, 1f);
        for (var n = 0; n < count; n++)
        {
            sound[start + n] += level * fade * Math.Min(1f, n / 200f) * table[(int)phase];
            phase += step;
            if (phase >= TableSize) phase -= TableSize;
            fade *= 0.99995f;
        }
    }

    private void Drum(float[] sound, double at)
    {
        var start = Pcm.Samples(at);
        var level = 0.1f;
        for (var n = start; n < Math.Min(start + 2_000, sound.Length); n++, level *= 0.998f)
            sound[n] += level * (2 * _random.NextSingle() - 1);
    }

    private static float[] Timbre(params double[] overtones)
    {
        var table = new float[TableSize];
        for (var at = 0; at < TableSize; at++)
            for (var n = 0; n < overtones.Length; n++)
                table[at] += (float)(overtones[n] * Math.Sin(2 * Math.PI * (n + 1) * at / TableSize));
        return table;
    }
}
