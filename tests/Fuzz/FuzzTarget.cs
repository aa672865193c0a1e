namespace Anarchive.Tests.Fuzz;

/// <summary>A way for foreign bytes to come in: what enters there, and what must hold whatever it is.</summary>
/// <param name="Examples">What the parser accepts; every input descends from these.</param>
/// <param name="Tokens">Pieces that mean something to the parser.</param>
/// <param name="RunAsync">
/// Answers in a word what became of the input; throws where a promise breaks. Inputs of every outcome breed.
/// </param>
internal sealed record FuzzTarget(
    string Name, IReadOnlyList<byte[]> Examples, IReadOnlyList<string> Tokens, Func<byte[], ValueTask<string>> RunAsync)
{
    public const string Refused = "refused";

    public static FuzzTarget Of(
        string name, IEnumerable<byte[]> examples, IReadOnlyList<string> tokens, Func<byte[], string> run) =>
        new(name, [.. examples], tokens, bytes => ValueTask.FromResult(run(bytes)));

    /// <summary>Where a format has one spelling, what is accepted must be it.</summary>
    public static string Same(ReadOnlySpan<byte> read, ReadOnlySpan<byte> written, string outcome) =>
        read.SequenceEqual(written)
            ? outcome
            : throw new InvalidOperationException("Accepted, and would be written otherwise.");

    public static void Holds(bool promise, string otherwise)
    {
        if (!promise) throw new InvalidOperationException(otherwise);
    }
}
