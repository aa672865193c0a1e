using System.Buffers.Text;
using System.Text.Json;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>Reads rows of editions: canonical bytes, the schema's rules, and nothing beside them.</summary>
/// <remarks>
/// A fleet's row is a payload whose closing brace is put off: <c>,"lww":[hlc,cut,seq]}</c> follows, in a tombstone
/// after <c>,"target":[cut,seq]</c>. No payload can hold these letters: quotes within its texts are escaped.
/// </remarks>
public static class EditionReader
{
    internal static ReadOnlySpan<byte> Lww => ",\"lww\":["u8;

    internal static ReadOnlySpan<byte> TargetOf => ",\"target\":["u8;

    /// <summary>Null for a line that is not, byte for byte, what this program would write.</summary>
    public static EditionRow? TryRead(RowRules rules, ReadOnlySpan<byte> line)
    {
        if (line.Length > EditionLimits.RowBytesMax) return null;
        return rules.Form switch
        {
            EditionForm.Fleet => Fleet(rules, line),
            EditionForm.Totals => Total(rules, line),
            _ => Collected(line),
        };
    }

    /// <summary>A fleet's row's place and, in a tombstone, its target; all else is taken on trust.</summary>
    public static bool TryReadPlace(ReadOnlySpan<byte> line, out RowOrder order, out RowPlace? target)
    {
        target = null;
        order = default;
        var at = line.LastIndexOf(Lww);
        Span<long> numbers = stackalloc long[3];
        if (at < 0 || !Numbers(line[(at + Lww.Length)..], "]}"u8, numbers)) return false;
        if (numbers[1] >= EditionLimits.CutsMax) return false;
        order = new RowOrder(new Hlc((ulong)numbers[0]), new RowPlace((int)numbers[1], numbers[2]));
        var from = line[..at].LastIndexOf(TargetOf);
        if (from < 0) return true;
        if (!Numbers(line[(from + TargetOf.Length)..at], "]"u8, numbers[..2])) return false;
        if (numbers[0] >= EditionLimits.CutsMax) return false;
        target = new RowPlace((int)numbers[0], numbers[1]);
        return true;
    }

    private static EditionRow? Fleet(RowRules rules, ReadOnlySpan<byte> line)
    {
        if (!TryReadPlace(line, out var order, out var target) || !Exists(rules.Cut, order.Place)) return null;
        if (target is { } place && (!Exists(rules.Cut, place) || place == order.Place)) return null;
        var end = line.LastIndexOf(target is null ? Lww : TargetOf);
        byte[] payload = [.. line[..end], (byte)'}'];
        if (target is not null)
        {
            var taken = NetPayloads.ReadPayload(NetApp.ObservationRetracted, payload) as ObservationRetracted;
            return taken is not null && taken.Part == rules.Part ? new EditionRow(taken, order, target) : null;
        }

        return Observation(rules.Part, payload) is { Method: not Method.Import } observed
            ? new EditionRow(observed, order, null)
            : null;
    }

    private static EditionRow? Collected(ReadOnlySpan<byte> line) =>
        Observation(MarkerObserved.PartName, line) is MarkerObserved { Method: Method.Import } marker
            ? new EditionRow(marker, null, null)
            : null;

    private static IObservation? Observation(string part, ReadOnlySpan<byte> payload)
    {
        Kind? kind = part switch
        {
            // No payload of one is one of the other.
            "intro-markers" => payload.IndexOf(",\"points\":"u8) < 0 ? NetApp.MarkerObserved : NetApp.ThemeObserved,
            "grouping" => NetApp.GroupingObserved,
            "quality" => NetApp.QualityObserved,
            _ => null,
        };
        return kind is { } known ? NetPayloads.ReadPayload(known, payload) as IObservation : null;
    }

    private static EditionRow? Total(RowRules rules, ReadOnlySpan<byte> line)
    {
        try
        {
            object? total = rules.Part switch
            {
                "signal" => JsonSerializer.Deserialize(line, NetJson.Default.SignalRow) is { } signal
                    && NetRules.FaultOf(signal) is null && signal.N >= rules.K ? signal : null,
                "peers-hints" => JsonSerializer.Deserialize(line, NetJson.Default.HintRow) is { } hint
                    && NetRules.FaultOf(hint) is null && hint.N >= rules.K ? hint : null,
                _ => null,
            };
            return total is not null && line.SequenceEqual(NetPayloads.Bytes(total))
                ? new EditionRow(total, null, null)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Exists(IReadOnlyList<PartCut> cut, RowPlace place) =>
        place.Cut < cut.Count && place.Seq >= 1 && place.Seq <= cut[place.Cut].Seq;

    /// <summary>Numbers between commas, each in its shortest form, then exactly that end.</summary>
    private static bool Numbers(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end, Span<long> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if (i > 0)
            {
                if (text.IsEmpty || text[0] != (byte)',') return false;
                text = text[1..];
            }

            if (text.IsEmpty || !char.IsAsciiDigit((char)text[0])) return false;
            if (!Utf8Parser.TryParse(text, out numbers[i], out var used)) return false;
            if (text[0] == (byte)'0' && used > 1) return false;
            text = text[used..];
        }

        return text.SequenceEqual(end);
    }
}
