using System.Buffers.Binary;

namespace Anarchive.Tests.Integration;

/// <summary>Sound as samples between -1 and 1, one channel, 22,050 of them a second.</summary>
internal static class Pcm
{
    public const int Rate = 22_050;

    public static int Samples(double seconds) => (int)Math.Round(seconds * Rate);

    /// <summary>Adds one sound to another; what does not fit is cut off.</summary>
    public static void Mix(Span<float> into, ReadOnlySpan<float> sound, double atSeconds, float gain)
    {
        var start = Samples(atSeconds);
        for (var at = 0; at < sound.Length && start + at < into.Length; at++) into[start + at] += sound[at] * gain;
    }

    /// <summary>Puts one sound in the place of another.</summary>
    public static void Replace(Span<float> into, ReadOnlySpan<float> sound, double atSeconds)
    {
        var start = Samples(atSeconds);
        sound[..Math.Min(sound.Length, into.Length - start)].CopyTo(into[start..]);
    }

    public static float Gain(double decibels) => (float)Math.Pow(10, decibels / 20);

    /// <summary>Pink noise by Paul Kellet's filter of three poles ("economy" version, 1999).</summary>
    public static void AddPinkNoise(Span<float> into, float level, Random random)
    {
        float b0 = 0, b1 = 0, b2 = 0;
        for (var at = 0; at < into.Length; at++)
        {
            var white = 2 * random.NextSingle() - 1;
            b0 = 0.99765f * b0 + white * 0.0990460f;
            b1 = 0.96300f * b1 + white * 0.2965164f;
            b2 = 0.57000f * b2 + white * 1.0526913f;
            into[at] += level * (b0 + b1 + b2 + white * 0.1848f);
        }
    }

    /// <summary>16 bits a sample, the low byte first; what is too loud is clipped.</summary>
    public static byte[] Bytes(ReadOnlySpan<float> sound)
    {
        var bytes = new byte[2 * sound.Length];
        for (var at = 0; at < sound.Length; at++)
            BinaryPrimitives.WriteInt16LittleEndian(
                bytes.AsSpan(2 * at), (short)(Math.Clamp(sound[at], -1f, 1f) * short.MaxValue));
        return bytes;
    }

    public static float[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        var sound = new float[bytes.Length / 2];
        for (var at = 0; at < sound.Length; at++)
            sound[at] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * at)..]) / (float)short.MaxValue;
        return sound;
    }
}
