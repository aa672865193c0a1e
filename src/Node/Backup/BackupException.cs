namespace Anarchive.Node;

/// <summary>A backup cannot be made, read or put in place; nothing was changed.</summary>
public sealed class BackupException(string code, string sentence, Exception? cause = null)
    : Exception(sentence, cause)
{
    public string Code { get; } = code;

    internal static BackupException Damaged(Exception? cause = null) => new(
        "backup_damaged", "This backup was cut or changed: use another copy of it.", cause);
}
