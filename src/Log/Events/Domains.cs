namespace Anarchive.Log;

/// <summary>What a hash or signature is for. Every purpose has its own prefix, so none can stand for another.</summary>
public static class Domains
{
    public static ReadOnlySpan<byte> EventId => "anarchive/v1/event-id\0"u8;

    public static ReadOnlySpan<byte> Event => "anarchive/v1/event\0"u8;

    public static ReadOnlySpan<byte> Node => "anarchive/v1/node\0"u8;

    public static ReadOnlySpan<byte> Key => "anarchive/v1/key\0"u8;

    public static ReadOnlySpan<byte> Recovery => "anarchive/v1/recovery\0"u8;

    public static ReadOnlySpan<byte> Owner => "anarchive/v1/owner\0"u8;

    public static ReadOnlySpan<byte> Text => "anarchive/v1/text\0"u8;

    public static ReadOnlySpan<byte> Handshake => "anarchive/v1/handshake\0"u8;

    public static ReadOnlySpan<byte> Hello => "anarchive/v1/hello\0"u8;

    public static ReadOnlySpan<byte> Vector => "anarchive/v1/vector\0"u8;

    public static ReadOnlySpan<byte> State => "anarchive/v1/state\0"u8;

    public static ReadOnlySpan<byte> Edition => "anarchive/v1/edition\0"u8;

    public static ReadOnlySpan<byte> EditionFile => "anarchive/v1/edition-file\0"u8;

    public static ReadOnlySpan<byte> Invite => "anarchive/v1/invite\0"u8;

    public static ReadOnlySpan<byte> Words => "anarchive/v1/words\0"u8;

    public static ReadOnlySpan<byte> Voter => "anarchive/v1/voter\0"u8;

    public static ReadOnlySpan<byte> Request => "anarchive/v1/request\0"u8;

    public static ReadOnlySpan<byte> PartEdition => "anarchive/v1/part-edition\0"u8;

    public static ReadOnlySpan<byte> Lock => "anarchive/v1/lock\0"u8;

    public static ReadOnlySpan<byte> Lent => "anarchive/v1/lent\0"u8;

    public static ReadOnlySpan<byte> FriendZone => "anarchive/v1/friend-zone\0"u8;

    public static ReadOnlySpan<byte> PeerRecord => "anarchive/v1/peer-record\0"u8;
}
