namespace Anarchive.Node;

/// <summary>Why a file did not come, or a torrent client did not do as it was asked.</summary>
/// <param name="code">Stable.</param>
public sealed class CarrierException(string code, string sentence, Exception? cause = null)
    : Exception(sentence, cause)
{
    public string Code => code;

    internal static CarrierException NoRoom(Exception? cause = null) => new(
        "no_room", "The disk has too little room for this file: a tenth of it is kept free.", cause);

    internal static CarrierException NoSource() =>
        new("no_source", "No source gives what is left of the file; what has come stays.");
}
