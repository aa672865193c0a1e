using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

internal static partial class NodeLog
{
    [LoggerMessage(7001, LogLevel.Warning, "The fleet's parts do not match its devices yet: {Code}")]
    public static partial void PartsNotMatched(ILogger log, string code);

    [LoggerMessage(7002, LogLevel.Information, "Observations of {Part} that were written: {Count}")]
    public static partial void ObservationsWritten(ILogger log, int count, string part);

    [LoggerMessage(7003, LogLevel.Warning, "Observations of {Part} wait, for they could not be written: {Refusal}")]
    public static partial void ObservationsWait(ILogger log, string part, Refusal refusal);

    [LoggerMessage(7004, LogLevel.Information, "{Peer} opened its {Part} to this node")]
    public static partial void PartFollowed(ILogger log, NodeId peer, string part);

    [LoggerMessage(7005, LogLevel.Debug, "Parts were not exchanged with {Peer}: {Code}")]
    public static partial void PartsNotExchanged(ILogger log, NodeId peer, string code);

    [LoggerMessage(7007, LogLevel.Information, "Edition {Seq} of {Part} was published: {Rows} rows")]
    public static partial void EditionPublished(ILogger log, long seq, string part, long rows);

    [LoggerMessage(7008, LogLevel.Information, "Edition {Seq} of a friend's {Part} was taken over: {Rows} rows")]
    public static partial void PartEditionTaken(ILogger log, long seq, string part, long rows);

    [LoggerMessage(7009, LogLevel.Warning, "Edition {Seq} of a friend's {Part} was not taken over: {Code}")]
    public static partial void PartEditionRefused(ILogger log, long seq, string part, string code);

    [LoggerMessage(7010, LogLevel.Error, "A friend's {Part} contradicts itself at edition {Seq}: {Code}")]
    public static partial void PartEditionQuarantined(ILogger log, string part, long seq, string code);

    [LoggerMessage(7011, LogLevel.Debug, "A friend's edition of {Part} does not come: {Code}; it is tried again")]
    public static partial void PartEditionWaits(ILogger log, string part, string code);

    /// <summary>Without the cause, which names the file.</summary>
    [LoggerMessage(7012, LogLevel.Warning, "A file that was looked at could not be read again")]
    public static partial void MediaNotRead(ILogger log);

    [LoggerMessage(7013, LogLevel.Debug, "A friend did not pass the weekly report on: {Code}")]
    public static partial void ReportNotPassedOn(ILogger log, string code);

    [LoggerMessage(7014, LogLevel.Information, "The reports of {Week} were counted: {Sources} households")]
    public static partial void WeekCounted(ILogger log, string week, int sources);

    [LoggerMessage(7006, LogLevel.Warning, "Parts could not be read; they are looked at again with the next hour")]
    public static partial void PartsNotRead(ILogger log, Exception cause);

    [LoggerMessage(7015, LogLevel.Warning, "Totals of {Part} could not be published: {Code}")]
    public static partial void TotalsNotPublished(ILogger log, string part, string code);

    [LoggerMessage(7016, LogLevel.Information, "Files that are listened to, for intros and the like: {Files}")]
    public static partial void DetectionBegan(ILogger log, int files);

    [LoggerMessage(
        7017, LogLevel.Information,
        "An intro was found in {Found} of {Files} files that were listened to: {Recorded} new observations")]
    public static partial void DetectionDone(ILogger log, int found, int files, int recorded);

    [LoggerMessage(7018, LogLevel.Information, "Files were listened to no further, for it was stopped")]
    public static partial void DetectionStopped(ILogger log);

    [LoggerMessage(7019, LogLevel.Warning, "Files were not listened to: {Code}")]
    public static partial void DetectionFailed(ILogger log, string code);

    [LoggerMessage(7020, LogLevel.Warning, "That files are listened to no more could not be noted for the next start")]
    public static partial void DetectionEndNotNoted(ILogger log);

    [LoggerMessage(7021, LogLevel.Error, "Listening to files ended by a mistake of the node: {Kind}")]
    public static partial void DetectionBroke(ILogger log, string kind);
}
