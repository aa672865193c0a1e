using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive net detect PATH</c>.</summary>
internal static class NetCommand
{
    private static readonly Argument<string> Media = new("path")
    {
        Description = "The folder of one season, or of films, or one file.",
    };

    private static readonly Option<bool> Films = new("--films")
    {
        Description = "They are films, whatever their names say: none is compared with another.",
    };

    private static readonly Option<string?> Cache = new("--cache")
    {
        Description = "Keep fingerprints there. Otherwise in the data directory, where there is one.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Record = new("--record")
    {
        Description = "Let the running node look, and record what it finds in the parts.",
    };

    private static readonly Option<string[]> Works = new("--work")
    {
        Description = "With --record: what the files belong to, such as work:tvdb:s81189; may be repeated.",
        DefaultValueFactory = _ => [],
        HelpName = "KEY",
    };

    public static Command Build(Terminal terminal)
    {
        var net = new Command("net", "Facts about media: where intros and outros lie.")
        {
            new Command("detect", "Find the intros and outros of a season's files by what their sound has in common.")
            {
                Media, Cache, Films, Record, Works,
            }.Runs(terminal, DetectAsync),
            NetImportCommand.Build(terminal),
        };
        IEnumerable<Command> others =
        [
            .. NetPartsCommands.Build(terminal), .. NetEditionCommands.Build(terminal),
            .. NetExportCommand.Build(terminal), .. NetSignalCommands.Build(terminal),
        ];
        foreach (var command in others) net.Add(command);
        return net;
    }

    private static async Task<Answer> DetectAsync(Invocation invocation, CancellationToken cancellation)
    {
        var files = Files(invocation.Value(Media));
        var areFilms = invocation.Value(Films) || IsOneFilm(invocation.Value(Media));
        if (invocation.Value(Record))
            return await NetRecord.RunAsync(
                invocation, invocation.Value(Media), areFilms, invocation.Value(Works) ?? [], cancellation);
        SeasonReport report;
        using (var progress = new Progress(invocation.Terminal))
        {
            var fingerprinter = new Fingerprinter(CacheOf(invocation));
            var detector = new SeasonDetector(fingerprinter, TimeProvider.System, told => progress.Tell(told.Line));
            report = await DetectAsync(detector, files, areFilms, cancellation);
        }

        string[] columns = ["File", "Intro", "Found by", "Outro", "Found by"];
        if (report.Episodes.Any(e => e.Others.Count > 0)) columns = [.. columns, "Other chapters"];
        var table = Terminal.Table(columns, report.Episodes.Select(e => Row(e)[..columns.Length]));
        var failed = report.Episodes.Any(e => e.Failure is not null);
        return Answer.Done(Document(report), Summary(report)) with
        {
            ExitCode = failed ? ExitCodes.Bad : ExitCodes.Done,
            Table = table,
        };
    }

    private static IReadOnlyList<string> Files(string path)
    {
        if (File.Exists(path))
            return SeasonFolder.IsMedia(path)
                ? [Path.GetFullPath(path)]
                : throw CliFailure.Refused("no_media_files", "That is no video or audio file by its name.");
        if (!Directory.Exists(path))
            throw CliFailure.CannotRun(
                "not_a_directory", "There is no such folder or file: name the folder of one season, or a file.");
        var files = SeasonFolder.Episodes(path);
        return files.Count > 0
            ? files
            : throw CliFailure.Refused("no_media_files", "There are no video or audio files in that folder.");
    }

    /// <summary>A file that is named alone, and whose name says nothing of an episode.</summary>
    private static bool IsOneFilm(string path) =>
        File.Exists(path) && MediaFile.NameOf(path).Kind is ReleaseKind.Movie or ReleaseKind.Unknown;

    /// <summary>Without a node's data directory nothing is made where one may be put later.</summary>
    private static FingerprintCache? CacheOf(Invocation invocation)
    {
        if (invocation.Value(Cache) is { Length: > 0 } named) return new FingerprintCache(named);
        var home = invocation.Home;
        return Directory.Exists(home.Directory) ? new FingerprintCache(home.FingerprintDirectory) : null;
    }

    private static async Task<SeasonReport> DetectAsync(
        SeasonDetector detector, IReadOnlyList<string> files, bool areFilms, CancellationToken cancellation)
    {
        try
        {
            return await detector.DetectAsync(
                files, [], areFilms ? FilesAre.Films : FilesAre.AsNamed, cancellation);
        }
        catch (MediaException missing) when (missing.Code == "ffmpeg_missing")
        {
            throw CliFailure.CannotRun("ffmpeg_missing", "ffmpeg is not installed: apt-get install ffmpeg.");
        }
    }

    private static string Summary(SeasonReport report)
    {
        var intros = report.Episodes.Count(e => e.Intro.Bounds is not null);
        var outros = report.Episodes.Count(e => e.Outro.Bounds is not null);
        var heard = report.SoundMs == 0
            ? "Nothing was listened to"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{ClockTime.Show(report.SoundMs)} of sound heard in {report.Listening.TotalSeconds:0.0} s, "
                    + $"{Rate(report):0} times as fast as it plays");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(intros, "intro")} and {Counted.Of(outros, "outro")} in "
                + $"{Counted.Of(report.Episodes.Count, "file")}. {heard}; "
                + $"compared in {report.Comparing.TotalSeconds:0.0} s.");
    }

    private static double Rate(SeasonReport report) =>
        report.SoundMs / Math.Max(1, report.Listening.TotalMilliseconds);

    private static string[] Row(EpisodeReport episode) =>
    [
        episode.File, Times(episode.Intro, episode), How(episode.Intro, episode), Times(episode.Outro, episode),
        How(episode.Outro, episode), string.Join(", ", episode.Others.Select(o => Other(o, episode))),
    ];

    private static string Other(FoundMarker found, EpisodeReport episode) =>
        $"{Code(found.Type.ToString())} {Times(found.Bounds, episode)}";

    private static string Times(MarkerReport marker, EpisodeReport episode) =>
        marker.Bounds is { } bounds ? Times(bounds, episode) : "–";

    private static string Times(MarkerBounds bounds, EpisodeReport episode) =>
        $"{ClockTime.Show(bounds.StartMs)} – {ClockTime.Show(bounds.EndMs ?? episode.DurationMs)}";

    private static string How(MarkerReport marker, EpisodeReport episode)
    {
        if (episode.Failure is { } failure) return failure.Message;
        if (marker.Why is { } why) return Sentence(why);
        var percent = string.Create(CultureInfo.InvariantCulture, $"{marker.Conf} % alike");
        return marker.Method switch
        {
            Method.Chapter => "chapter",
            Method.Theme => $"theme, {percent}",
            _ => $"{Counted.Of(marker.Support, "other episode")}, {percent}",
        };
    }

    private static string Sentence(NoMarker why) => why switch
    {
        NoMarker.NoSound => "no sound",
        NoMarker.TooShort => "too short",
        NoMarker.OnlyEpisode => "no other episode to compare with",
        NoMarker.Film => "a film without such a chapter",
        _ => "nothing in common with enough others",
    };

    private static JsonObject Document(SeasonReport report) => new()
    {
        ["episodes"] = new JsonArray([.. report.Episodes.Select(e => (JsonNode)Document(e))]),
        ["soundMs"] = report.SoundMs,
        ["cached"] = report.Cached,
        ["listeningMs"] = (long)report.Listening.TotalMilliseconds,
        ["comparingMs"] = (long)report.Comparing.TotalMilliseconds,
        ["timesRealTime"] = Math.Round(Rate(report), 1),
    };

    private static JsonObject Document(EpisodeReport episode)
    {
        var document = new JsonObject { ["file"] = episode.File };
        if (episode.Failure is { } failure)
        {
            document["error"] = new JsonObject
            {
                ["code"] = "detection_failed",
                ["cause"] = failure.Code,
                ["sentence"] = failure.Message,
            };
            return document;
        }

        document["keys"] = new JsonArray([.. episode.Keys.Select(k => (JsonNode)k)]);
        document["durationMs"] = episode.DurationMs;
        document["intro"] = Document(episode.Intro);
        document["outro"] = Document(episode.Outro);
        document["others"] = new JsonArray([.. episode.Others.Select(o => (JsonNode)Document(o))]);
        return document;
    }

    private static JsonObject Document(FoundMarker found) => new()
    {
        ["type"] = Code(found.Type.ToString()),
        ["n"] = found.N,
        ["startMs"] = found.Bounds.StartMs,
        ["endMs"] = found.Bounds.EndMs,
        ["method"] = Code(found.Method.ToString()),
        ["conf"] = found.Conf,
    };

    private static JsonObject Document(MarkerReport marker) => marker.Bounds is { } bounds
        ? new JsonObject
        {
            ["startMs"] = bounds.StartMs,
            ["endMs"] = bounds.EndMs,
            ["method"] = Code(marker.Method.ToString()),
            ["conf"] = marker.Conf,
            ["support"] = marker.Support,
        }
        : new JsonObject { ["none"] = Code(marker.Why!.Value.ToString()) };

    /// <summary>Snake case.</summary>
    private static string Code(string name) => string.Concat(
        name.Select((c, at) => char.IsUpper(c) ? (at > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
