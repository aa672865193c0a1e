namespace Anarchive.Rings;

/// <summary>Whether where an item comes from is open to everybody.</summary>
public enum SourceAccess
{
    /// <summary>Counts as closed.</summary>
    Unknown,

    /// <summary>A private tracker, or a library of somebody else.</summary>
    Closed,

    Open,
}

/// <summary>What is known of an item that decides whether others may hear of it.</summary>
/// <param name="IsSensitive">True inside a folder or label that its owner marked; null counts as true.</param>
public readonly record struct ItemScope(bool? IsSensitive, SourceAccess Source);

/// <summary>A content key that may leave this node. Nothing about an item can be written without one.</summary>
/// <remarks>Only <see cref="TryMake"/> makes them, so that no other rule decides.</remarks>
public sealed class DisclosableKey
{
    private DisclosableKey(string text) => Text = text;

    public string Text { get; }

    /// <summary>Null for sensitive items, and for those whose source is closed or unknown.</summary>
    public static DisclosableKey? TryMake(string key, ItemScope item) =>
        item is { IsSensitive: false, Source: SourceAccess.Open } ? new DisclosableKey(key) : null;

    public override string ToString() => Text;
}
