using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>What a token turned out to be.</summary>
internal enum NameRole : byte
{
    /// <summary>Claimed by no rule: title, episode title or nothing known.</summary>
    Free,
    Site,
    Checksum,
    Group,
    Quality,
    Language,
    Number,
    Date,
    Year,
    Part,
    Special,
    Version,

    /// <summary>Neither title nor the end of one.</summary>
    Aside,
}

/// <summary>
/// A name while it is read: its tokens, what each turned out to be, and the findings so far. Rules run in a fixed
/// order and claim tokens; a later rule leaves claimed ones alone.
/// </summary>
internal sealed class NameReading
{
    private readonly NameRole[] _roles;
    private readonly string _lower;

    public NameReading(string text)
    {
        Text = text;
        _lower = text.ToLowerInvariant();
        (Tokens, Blocks, Words) = NameTokenizer.Read(text);
        _roles = new NameRole[Tokens.Length];
    }

    public string Text { get; }
    public NameToken[] Tokens { get; }
    public NameBlock[] Blocks { get; }
    public NameWord[] Words { get; }
    public int Count => Tokens.Length;

    public int? Season { get; set; }
    public int? LastSeason { get; set; }
    public List<int> Episodes { get; } = [];
    public List<decimal> Absolute { get; } = [];
    public SpecialKind Special { get; set; }
    public int? Part { get; set; }
    public int? Year { get; set; }
    public DateOnly? AirDate { get; set; }
    public string Group { get; set; } = "";
    public string Checksum { get; set; } = "";
    public int Version { get; set; } = 1;
    public string Title { get; set; } = "";
    public List<string> OtherTitles { get; } = [];
    public QualityFindings Quality { get; } = new();

    /// <summary>The season the folder around the file names.</summary>
    public int? FolderSeason { get; init; }

    /// <summary>Season and episode stand together, so that nothing is a guess.</summary>
    public bool IsExplicit { get; set; }

    /// <summary>The name begins with a group in brackets, as fansubs do.</summary>
    public bool HasLeadingGroup { get; set; }

    /// <summary>The first token that may be title.</summary>
    public int TitleStart { get; set; }

    /// <summary>The tokens of the season, or of season and episodes; both 0 where there are none.</summary>
    public (int First, int End) SeasonSpan { get; set; }

    public bool HasNumber => Episodes.Count > 0 || Absolute.Count > 0;

    public NameRole RoleOf(int at) => at >= 0 && at < Count ? _roles[at] : NameRole.Aside;

    public bool Has(NameRole role) => _roles.AsSpan().Contains(role);

    public bool IsFree(int at) => at >= 0 && at < Count && _roles[at] == NameRole.Free;

    /// <summary>Takes the tokens from <paramref name="first"/> before <paramref name="end"/>.</summary>
    public void Claim(int first, int end, NameRole role) => _roles.AsSpan(first, end - first).Fill(role);

    public bool IsLetters(int at) => Is(at, NameTokenKind.Letters);

    public bool IsDigits(int at) => Is(at, NameTokenKind.Digits);

    public bool IsSpace(int at) => Is(at, NameTokenKind.Space);

    public bool IsDash(int at) => Is(at, NameTokenKind.Dash);

    public bool IsTilde(int at) => Is(at, NameTokenKind.Tilde);

    public bool IsSlash(int at) => Is(at, NameTokenKind.Slash);

    public bool IsOpen(int at) => Is(at, NameTokenKind.Open);

    public bool IsClose(int at) => Is(at, NameTokenKind.Close);

    public bool IsMark(int at) => Is(at, NameTokenKind.Mark);

    public bool IsSingleLetters(int at) => IsLetters(at) && Tokens[at].Length == 1;

    public bool IsSingleSpace(int at) => IsSpace(at) && Tokens[at].Length == 1;

    /// <summary>"-" and not "---".</summary>
    public bool IsSingleDash(int at) => IsDash(at) && Tokens[at].Length == 1;

    /// <summary>That one character, a dot or underscore, in a blank's place.</summary>
    public bool IsSpaceOf(int at, char kind) => IsSingleSpace(at) && Text[Tokens[at].Start] == kind;

    public bool IsMark(int at, char mark) => IsMark(at) && Text[Tokens[at].Start] == mark;

    public ReadOnlySpan<char> LowerOf(int at) => _lower.AsSpan(Tokens[at].Start, Tokens[at].Length);

    public ReadOnlySpan<char> LowerOf(NameWord word) => _lower.AsSpan(word.Start, word.Stop - word.Start);

    public bool IsWord(int at, string lower) =>
        IsLetters(at) && LowerOf(at).SequenceEqual(lower);

    public bool IsWord(int at, FrozenSet<string> lower) =>
        Is(at, NameTokenKind.Letters) && lower.GetAlternateLookup<ReadOnlySpan<char>>().Contains(LowerOf(at));

    /// <summary>Free digits, at least <paramref name="min"/> and at most <paramref name="max"/> of them.</summary>
    public bool IsNumber(int at, int min, int max) =>
        IsFree(at) && IsDigits(at) && Tokens[at].Length >= min && Tokens[at].Length <= max;

    public int ValueOf(int at) => Tokens[at].Value;

    public int LengthOf(int at) => Tokens[at].Length;

    public bool IsInBlock(int at) => Tokens[at].Block >= 0;

    /// <summary>No letter or digit right before.</summary>
    public bool StartsWord(int at) => !IsLetters(at - 1) && !IsDigits(at - 1);

    /// <summary>No letter or digit at <paramref name="end"/>, the first token behind.</summary>
    public bool EndsWord(int end) => !IsLetters(end) && !IsDigits(end);

    public bool IsGap(int at) => IsSpace(at) || IsDash(at);

    /// <summary>
    /// The first token from <paramref name="at"/> that is no gap, or the one behind <paramref name="max"/> gaps.
    /// </summary>
    public int SkipGap(int at, int max = 3)
    {
        while (max-- > 0 && IsGap(at)) at++;
        return at;
    }

    /// <summary>The last token up to <paramref name="at"/> that is no gap; -1 where all are.</summary>
    public int SkipGapBack(int at)
    {
        while (IsGap(at)) at--;
        return at;
    }

    public int SkipSpaceBack(int at) => IsSpace(at) ? at - 1 : at;

    public int SkipSpace(int at) => IsSpace(at) ? at + 1 : at;

    /// <summary>1900 to 2099 in four digits.</summary>
    public bool IsYear(int at) =>
        IsDigits(at) && Tokens[at].Length == 4 && ValueOf(at) is >= 1900 and < 2100;

    /// <summary>The text of the tokens from <paramref name="first"/> before <paramref name="end"/>.</summary>
    public string TextOf(int first, int end) =>
        first < end ? Text[Tokens[first].Start..Tokens[end - 1].End] : "";

    private bool Is(int at, NameTokenKind kind) => at >= 0 && at < Count && Tokens[at].Kind == kind;
}

/// <summary>Quality words found so far.</summary>
internal sealed class QualityFindings
{
    public int? Lines { get; set; }
    public int? NamedLines { get; set; }
    public bool IsInterlaced { get; set; }
    public SourceKind Source { get; set; }
    public bool IsRemux { get; set; }
    public VideoCodec? Video { get; set; }
    public DynamicRange Hdr { get; set; }
    public List<AudioCodec> Audio { get; } = [];
    public Container? Container { get; set; }
    public List<string> Languages { get; } = [];
    public bool IsProper { get; set; }
    public bool IsRepack { get; set; }

    /// <summary>A word of those who subtitle for fans, such as VOSTFR.</summary>
    public bool IsFansub { get; set; }

    public ReleaseQuality ToQuality() => new()
    {
        Lines = Lines ?? NamedLines,
        IsInterlaced = IsInterlaced,
        Source = Source,
        IsRemux = IsRemux,
        Video = Video,
        Hdr = Hdr,
        Audio = [.. Audio],
        Container = Container,
        Languages = [.. Languages],
        IsProper = IsProper,
        IsRepack = IsRepack,
    };
}
