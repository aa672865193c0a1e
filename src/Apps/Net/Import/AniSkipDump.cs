using System.Globalization;

namespace Anarchive.Net;

/// <summary>What became of a row of an AniSkip dump, in the order in which rows are judged.</summary>
public enum AniSkipGate
{
    Accepted,

    /// <summary>Not nine columns, a number or date that is none, or a provider beyond 64 ASCII characters.</summary>
    Malformed,

    /// <summary>The same row again.</summary>
    Duplicate,

    /// <summary>An opening or ending mixed with the episode: skipping it would skip the episode.</summary>
    MixedType,

    /// <summary>No whole number from 1 to 9,999, as between two episodes.</summary>
    BadEpisode,

    /// <summary>Below five seconds.</summary>
    Short,

    /// <summary>Above three minutes for an opening, and above the schema's bound for others.</summary>
    Long,

    /// <summary>Two votes or more against it.</summary>
    VotedDown,

    /// <summary>Beyond another rule of the schema, such as an episode of more than a day.</summary>
    OutOfSchema,
}

/// <summary>One accepted row.</summary>
/// <param name="Provider">Whose player it was timed in: its times hold for that provider's files.</param>
/// <param name="Submitted">Unix days.</param>
public sealed record AniSkipRow(string Provider, int Submitted, MarkerObserved Marker);

/// <summary>
/// Reads a dump of crowd-sourced openings and endings, row by row, each refused for one reason or accepted.
/// </summary>
/// <remarks>
/// CSV with a header: <c>anime_id,episode_number,provider_name,skip_type,votes,start_time,end_time,episode_length,
/// submit_date</c>, times in seconds; anime_id is MyAnimeList's. Times are rounded to 100 ms.
/// </remarks>
public sealed class AniSkipDump
{
    public const string Header =
        "anime_id,episode_number,provider_name,skip_type,votes,start_time,end_time,episode_length,submit_date";

    private const int ProviderCharsMax = 64;
    private const int VotesMin = -2;
    private const long OpeningMsMax = 180_000;
    private const string Tool = "aniskip";

    private const NumberStyles Numbers =
        NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly int[] _counts = new int[Enum.GetValues<AniSkipGate>().Length];

    /// <summary>Rows that ended at each gate; together they are all rows.</summary>
    public int CountAt(AniSkipGate gate) => _counts[(int)gate];

    /// <summary>Rows judged so far.</summary>
    public int Rows => _counts.Sum();

    /// <summary>
    /// The column that is at fault, or the schema's member, in the row that was refused last; empty where the gate says
    /// it all.
    /// </summary>
    public string Fault { get; private set; } = "";

    /// <summary>Judges a row; null, and the gate at which it ended, where it is refused.</summary>
    public AniSkipRow? Take(string line, out AniSkipGate gate)
    {
        var row = Read(line, out gate);
        _counts[(int)gate]++;
        return row;
    }

    private AniSkipRow? Read(string line, out AniSkipGate gate)
    {
        gate = AniSkipGate.Malformed;
        Fault = "columns";
        if (line.Split(',') is not { Length: 9 } column) return null;
        Fault = "provider_name";
        if (column[2].Length > ProviderCharsMax || column[2].Any(c => c is < ' ' or > '~')) return null;
        Fault = "votes";
        if (Number(column[4]) is not { } votes) return null;
        Fault = "start_time";
        if (Number(column[5]) is not { } start) return null;
        Fault = "end_time";
        if (Number(column[6]) is not { } end) return null;
        Fault = "episode_length";
        if (Number(column[7]) is not { } length) return null;
        Fault = "submit_date";
        if (!DateOnly.TryParseExact(column[8], "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out var date))
            return null;
        Fault = "";
        if (!_seen.Add(line)) return Refuse(AniSkipGate.Duplicate, out gate);
        MarkerType? type = column[3] switch
        {
            "op" => MarkerType.Intro,
            "ed" => MarkerType.Outro,
            "recap" => MarkerType.Recap,
            _ => null,
        };
        if (type is not { } known) return Refuse(AniSkipGate.MixedType, out gate);
        var isEpisode = int.TryParse(column[1], NumberStyles.None, CultureInfo.InvariantCulture, out var episode);
        if (!isEpisode || episode is < 1 or > WorkId.EpisodeMax) return Refuse(AniSkipGate.BadEpisode, out gate);
        var (from, to) = (Grid(start), Grid(end));
        var (least, most) = NetRules.LengthOf(known);
        if (to - from < least) return Refuse(AniSkipGate.Short, out gate);
        if (to - from > (known == MarkerType.Intro ? OpeningMsMax : most)) return Refuse(AniSkipGate.Long, out gate);
        if (votes <= VotesMin) return Refuse(AniSkipGate.VotedDown, out gate);
        var days = date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var marker = new MarkerObserved(
            MarkerObserved.PartName, NetRules.Version, [$"work:mal:{column[0]}/1/{column[1]}"], Method.Import, Tool,
            100, 24L * days, known, 0, from, to, Grid(length));
        if (NetRules.FaultOf(marker) is { } fault)
        {
            Fault = fault;
            return Refuse(AniSkipGate.OutOfSchema, out gate);
        }

        gate = AniSkipGate.Accepted;
        return new AniSkipRow(column[2], days, marker);
    }

    private static AniSkipRow? Refuse(AniSkipGate at, out AniSkipGate gate)
    {
        gate = at;
        return null;
    }

    /// <summary>Decimal, so that a half is rounded alike everywhere.</summary>
    private static decimal? Number(string text) =>
        decimal.TryParse(text, Numbers, CultureInfo.InvariantCulture, out var value)
            && value is > -100_000_000 and < 100_000_000
            ? value
            : null;

    private static long Grid(decimal seconds) =>
        (long)decimal.Round(seconds * 10, MidpointRounding.AwayFromZero) * NetRules.GridMs;
}
