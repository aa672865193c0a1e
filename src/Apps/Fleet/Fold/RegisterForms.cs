namespace Anarchive.Fleet;

/// <summary>Descriptions of items as registers hold them, all of which are read at every start.</summary>
internal sealed class RegisterForms
{
    // A few names stand in millions of rows.
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public static byte[] Write(DescribedItem item) => new ByteWriter()
        .Add(item.Size).Add((long)item.PieceLength).Add(item.PieceRoot).Add((byte)item.Private)
        .Add(item.Policy).AddHex(item.InfohashV1).AddHex(item.InfohashV2).Add(item.Source).ToArray();

    public DescribedItem Read(ItemId item, ReadOnlySpan<byte> bytes)
    {
        var from = new ByteReader(bytes);
        var (size, length, root) = (from.Number(), (int)from.Number(), from.Hash());
        var privacy = (Privacy)from.Byte();
        var policy = Name(from.Text()) ?? Policy.DefaultName;
        var (v1, v2) = (from.Hex(), from.Hex());
        return new DescribedItem(item, size, length, root, privacy, policy, v1, v2, Name(from.Text()));
    }

    private string? Name(string? text)
    {
        if (text is null || _names.TryAdd(text, text)) return text;
        return _names[text];
    }
}
