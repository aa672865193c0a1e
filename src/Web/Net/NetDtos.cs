using System.Text.Json;

namespace Anarchive.Web;

/// <summary>One part: what is here of it, who may read it, and what is subscribed to.</summary>
/// <param name="Own">Observations of this fleet; <paramref name="Waiting"/> more come with the next hour.</param>
/// <param name="Friends">Fleets of friends; <paramref name="FromFriends"/> observations are theirs.</param>
/// <param name="Totals">Rows of an aggregator that is subscribed to, or of this node as one.</param>
public sealed record PartDto(
    string Part, long Own, int Waiting, int Friends, long FromFriends, long Totals, long? SharedSinceMs,
    IReadOnlyList<SubscriptionDto> Subscriptions);

/// <summary>A subscription; <paramref name="Edition"/> is <c>latest</c> or a number.</summary>
public sealed record SubscriptionDto(
    string Part, string Trust, string Edition = "latest", int MinSources = 2, int MinConfidence = 50,
    string? Aggregator = null, int? K = null);

/// <summary>Observations to take in, each with its kind; all of them or none.</summary>
/// <param name="Open">The owner says that what they name comes from an open source.</param>
/// <param name="File">A file on the node's machine that all of them are about: it is looked at first.</param>
public sealed record ObserveRequest(
    IReadOnlyList<ObservationDto> Observations, bool Open = false, string? File = null);

/// <summary>An observation as <c>docs/schema/net</c> describes it, and the kind of its event.</summary>
public sealed record ObservationDto(string Kind, JsonElement Observation);

/// <summary>How many observations were taken in; they are written with the next batch.</summary>
public sealed record ObservedDto(int Taken);

/// <summary>An observation that names a key: <c>you</c> or <c>a friend</c> made it.</summary>
public sealed record RecordDto(string Id, string Part, string By, bool Waiting, string Kind, JsonElement Observation);

/// <summary>A fleet's word in a merge. Weights and scores are per mille; times milliseconds.</summary>
/// <param name="SetAside">Why it was not counted: <c>unsure</c> or <c>other_cut</c>.</param>
public sealed record VoteDto(
    string By, string Method, int Weight, int Conf, long StartMs, long EndMs, long DurationMs, bool Absent,
    string? SetAside);

/// <summary>Votes that agree.</summary>
public sealed record ClusterDto(
    int Score, int Sources, bool Absent, bool Verified, bool Contradicted, IReadOnlyList<VoteDto> Votes);

/// <summary>A merged marker; <paramref name="Level"/> is <c>auto_skip</c>, <c>button</c> or <c>hidden</c>.</summary>
public sealed record MarkerDto(
    string Type, int N, string Level, long? StartMs, long? EndMs, int Score, IReadOnlyList<ClusterDto> Clusters,
    IReadOnlyList<VoteDto> Left);

/// <summary>Which episode fleets agree that a file is.</summary>
public sealed record GroupedDto(string Work, string Kind, int Season, IReadOnlyList<int> Episodes, int? FilePart);

/// <summary>Everything known of a key and what follows from it.</summary>
/// <param name="Totals">What aggregators counted, newest first.</param>
/// <param name="Codec">
/// What the picture of the file here is coded with, where the quality calls it "other"; null where no file is here.
/// </param>
public sealed record MergedDto(
    string Key, long? DurationMs, IReadOnlyList<MarkerDto> Markers, GroupedDto? Grouping, JsonElement? Quality,
    IReadOnlyList<RecordDto> Records, IReadOnlyList<TotalDto> Totals, string? Codec);

/// <summary>Asks the node to look at a folder or file of its own and to record what it finds.</summary>
/// <param name="Works">What the files belong to, as content keys such as <c>work:tvdb:s81189</c>.</param>
public sealed record DetectRequest(string Path, bool Films = false, IReadOnlyList<string>? Works = null);

/// <summary>A detection; <paramref name="State"/> is running, done, failed or cancelled.</summary>
/// <param name="Listened">Files that were listened to so far.</param>
/// <param name="Total">Files that are to be listened to.</param>
/// <param name="Recorded">Observations that are new.</param>
/// <param name="Refused">What could not be said, and why: <c>private</c>, <c>no_key</c> or a member's name.</param>
public sealed record DetectionDto(
    string Id, string State, string Progress, int Listened, int Total, string? Code, string? Sentence, int Recorded,
    IReadOnlyList<RefusedDto> Refused, IReadOnlyList<DetectedDto> Files);

/// <summary>Something that was found and is not said.</summary>
public sealed record RefusedDto(string File, string What, string Why);

/// <summary>What was found in a file; <paramref name="Error"/> says why it could not be read.</summary>
public sealed record DetectedDto(
    string File, string? Key, long DurationMs, IReadOnlyList<FoundDto> Markers, string? Error);

/// <summary>A marker as found; <paramref name="EndMs"/> null: to the end.</summary>
public sealed record FoundDto(string Type, int N, long StartMs, long? EndMs, string Method, int Conf);

/// <summary>Lets friends read a part; <paramref name="Notice"/> was shown to the owner.</summary>
public sealed record ShareRequest(bool Shared, bool Notice = false);

/// <summary>A folder opened to Net, or marked as sensitive.</summary>
/// <param name="Retracted">Observations of its files that were taken back by that, or would be.</param>
/// <param name="ByHand">Of these, those that a person made: no detection makes them again.</param>
/// <param name="DryRun">It was only told; nothing was changed.</param>
public sealed record FolderDto(
    string Path, bool Sensitive, int Retracted = 0, int ByHand = 0, bool DryRun = false);

/// <summary>Asks to open or mark a folder, or to forget it.</summary>
/// <param name="DryRun">Only to be told what would follow.</param>
public sealed record FolderRequest(string Path, bool Sensitive = false, bool DryRun = false);
