namespace Anarchive.Node;

/// <summary>How grave a finding is; advice leaves the exit code at 0.</summary>
public enum Grade
{
    Ok,
    Advice,
    Problem,
}

/// <summary>What one check found: the fact, and what to do about it.</summary>
public sealed record Finding(Sentence Check, Grade Grade, Sentence Says, Sentence? Fix = null)
{
    /// <summary>
    /// Where it is about several by name, each with what is said of it: a page keeps the direction in which a name is
    /// written from turning the words around it.
    /// </summary>
    public IReadOnlyList<(Sentence Name, Sentence Says)> Named { get; init; } = [];

    public static Finding Ok(Sentence check, Sentence says) => new(check, Grade.Ok, says);

    public static Finding Advice(Sentence check, Sentence says, Sentence fix) => new(check, Grade.Advice, says, fix);

    public static Finding Problem(Sentence check, Sentence says, Sentence fix) => new(check, Grade.Problem, says, fix);

    public static Finding Advice(
        Sentence check, IReadOnlyList<(Sentence Name, Sentence Says)> named, Sentence fix) =>
        new(check, Grade.Advice, named.Select(n => (Sentence)$"{n.Name} {n.Says}").Aggregate(Both), fix)
        {
            Named = named,
        };

    public string GradeName => Grade switch
    {
        Grade.Ok => "ok",
        Grade.Advice => "advice",
        _ => "problem",
    };

    private static Sentence Both(Sentence one, Sentence other) => $"{one}, {other}";
}
