namespace Anarchive.Net;

/// <summary>
/// The title: what is left before the first number, date, year or quality word. Where several titles stand there, in
/// one script or several, the first one wholly in Latin letters comes first.
/// </summary>
internal static class TitleRule
{
    private const int OthersMax = 8;

    public static void Apply(NameReading reading)
    {
        var titles = new List<(string Text, TitleScript Script)>();
        var (start, end) = (reading.TitleStart, End(reading));
        for (var at = start; at < end;)
        {
            if (!IsText(reading, at, start))
            {
                at++;
                continue;
            }

            var stop = at + 1;
            while (stop < end && IsText(reading, stop, start) && !IsNewBracket(reading, stop)) stop++;
            var raw = reading.TextOf(at, stop);
            var title = TitleText.Tidy(raw);
            if (title.Length > 0 && titles.Count <= OthersMax && !titles.Exists(known => known.Text == title))
                titles.Add((title, TitleText.ScriptOf(raw)));
            at = stop;
        }

        if (titles.Count == 0) return;
        var best = Best(titles);
        reading.Title = titles[best].Text;
        titles.RemoveAt(best);
        reading.OtherTitles.AddRange(titles.Select(title => title.Text));
    }

    private static int Best(List<(string Text, TitleScript Script)> titles)
    {
        var latin = titles.FindIndex(title => title.Script == TitleScript.Latin);
        if (latin >= 0) return latin;
        var mixed = titles.FindIndex(title => title.Script == TitleScript.Mixed);
        return mixed >= 0 ? mixed : titles.Count - 1;
    }

    /// <summary>The token that ends the region of titles.</summary>
    private static int End(NameReading reading)
    {
        for (var at = reading.TitleStart; at < reading.Count; at++)
        {
            if (!Ends(reading.RoleOf(at))) continue;
            var behind = at;
            while (Ends(reading.RoleOf(behind))) behind++;
            while (reading.IsSpace(behind) || reading.IsClose(behind)) behind++;
            // "Titel (S2E1) / Title (S2E1)": a title in another language follows.
            if (at == reading.TitleStart || !reading.IsSlash(behind) || reading.IsInBlock(behind))
                return at;
            at = behind;
        }

        return reading.Count;
    }

    private static bool Ends(NameRole role) => role is NameRole.Number or NameRole.Date or NameRole.Year
        or NameRole.Quality or NameRole.Language or NameRole.Special or NameRole.Part or NameRole.Version
        or NameRole.Checksum or NameRole.Site;

    // Square brackets part titles, round ones belong to theirs; a slash and "AKA" stand between two.
    private static bool IsText(NameReading reading, int at, int start)
    {
        if (!reading.IsFree(at) || reading.IsSlash(at)) return false;
        if (reading.TextOf(at, at + 1) is "AKA" or " _ " && at > start) return false;
        return reading.Tokens[at].Block is not (>= 0 and var block) || reading.Blocks[block].Bracket == '('
            || !(at == reading.Blocks[block].First || at == reading.Blocks[block].Last);
    }

    private static bool IsNewBracket(NameReading reading, int at) =>
        reading.Tokens[at].Block != reading.Tokens[at - 1].Block
        && (IsSquare(reading, at) || IsSquare(reading, at - 1));

    private static bool IsSquare(NameReading reading, int at) =>
        reading.Tokens[at].Block is >= 0 and var block && reading.Blocks[block].Bracket != '(';
}
