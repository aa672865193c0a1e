using Anarchive.Node;
using Anarchive.Web;

namespace Anarchive.Cli;

/// <summary>What the world refuses, in plain sentences that say what a person can do about it.</summary>
internal static class Failures
{
    /// <summary>Null where the exception is a defect of ours, which should end loudly.</summary>
    public static CliFailure? Translate(Exception exception) => exception switch
    {
        StartRefusedException refused => CliFailure.CannotRun(refused.Code, refused.Message),
        StoreFailedException => CliFailure.CannotRun(
            "disk_refused", "The disk did not confirm what was written: look at its health, then see what is there."),
        BackupException refused => CliFailure.Refused(refused.Code, refused.Message),
        ListenException refused => CliFailure.CannotRun(refused.Code, refused.Message),
        HttpRequestException => CliFailure.CannotRun(
            "no_node", "The node stopped answering. Start it with: anarchive serve"),
        UnauthorizedAccessException => CliFailure.CannotRun(
            "no_permission", "This user may not read or write the data directory."),
        IOException io => CliFailure.CannotRun("io_error", $"The disk refused: {io.Message}"),
        _ => null,
    };
}
