namespace Anarchive.Node;

/// <summary>The words for where a copy that was asked for stands; see <see cref="CopyView.State"/>.</summary>
internal static class CopyStates
{
    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
}
