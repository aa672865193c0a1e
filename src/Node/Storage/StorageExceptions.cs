namespace Anarchive.Node;

/// <summary>The node cannot start; the code is stable and the sentence tells a person what to do.</summary>
public class StartRefusedException(string code, string sentence, Exception? cause = null)
    : Exception(sentence, cause)
{
    public string Code { get; } = code;
}

/// <summary>The data directory, or something in it, cannot be used as it is.</summary>
public sealed class DataDirectoryException(string code, string sentence, Exception? cause = null)
    : StartRefusedException(code, sentence, cause);

/// <summary>
/// The database could not be written or committed. The process must end: what reached the disk is unknown, and only
/// a restart replays it. Never retried.
/// </summary>
public sealed class StoreFailedException(string message, int resultCode, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>SQLite's extended result code (https://sqlite.org/rescode.html).</summary>
    public int ResultCode { get; } = resultCode;
}
