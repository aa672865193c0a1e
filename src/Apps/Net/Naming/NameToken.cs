namespace Anarchive.Net;

internal enum NameTokenKind : byte
{
    /// <summary>Letters of any script, with their combining marks.</summary>
    Letters,

    /// <summary>ASCII digits.</summary>
    Digits,

    /// <summary>Blanks, dots and underscores, which stand for blanks.</summary>
    Space,

    /// <summary>One or more hyphens.</summary>
    Dash,

    Tilde,

    /// <summary>Slashes and the upright bar: between titles.</summary>
    Slash,

    /// <summary>A bracket that is closed somewhere.</summary>
    Open,
    Close,

    /// <summary>Any other character.</summary>
    Mark,
}

/// <summary>A stretch of the text.</summary>
/// <param name="Value">Of digits; -1 where there are more than nine of them.</param>
/// <param name="Block">The outermost bracket pair it lies in, with the brackets themselves; -1 for none.</param>
internal readonly record struct NameToken(NameTokenKind Kind, int Start, int End, int Value, int Block)
{
    public int Length => End - Start;
}

/// <summary>An outermost pair of brackets, by its two tokens.</summary>
internal readonly record struct NameBlock(int First, int Last, char Bracket);

/// <summary>Letters and digits that nothing parts: the tokens from <paramref name="First"/> before End.</summary>
internal readonly record struct NameWord(int First, int End, int Start, int Stop, int Block);
