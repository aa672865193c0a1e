namespace Anarchive.Node;

/// <summary>A backup cannot be made, read or put in place; nothing was changed.</summary>
public sealed class BackupException(string code, Sentence says, Exception? cause = null)
    : Exception(says.ToString(), cause)
{
    public string Code { get; } = code;

    public Sentence Says { get; } = says;

    internal static BackupException Damaged(Exception? cause = null) => new(
        "backup_damaged", "This backup was cut or changed: use another copy of it.", cause);
}
