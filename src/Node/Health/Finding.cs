namespace Anarchive.Node;

/// <summary>How grave a finding is; advice leaves the exit code at 0.</summary>
public enum Grade
{
    Ok,
    Advice,
    Problem,
}

/// <summary>What one check found: the fact, and what to do about it.</summary>
public sealed record Finding(string Check, Grade Grade, string Says, string? Fix = null)
{
    /// <summary>
    /// Where it is about several by name, each with what is said of it: a page keeps the direction in which a name is
    /// written from turning the words around it.
    /// </summary>
    public IReadOnlyList<(string Name, string Says)> Named { get; init; } = [];

    public static Finding Ok(string check, string says) => new(check, Grade.Ok, says);

    public static Finding Advice(string check, string says, string fix) => new(check, Grade.Advice, says, fix);

    public static Finding Problem(string check, string says, string fix) => new(check, Grade.Problem, says, fix);

    public static Finding Advice(string check, IReadOnlyList<(string Name, string Says)> named, string fix) =>
        new(check, Grade.Advice, string.Join(", ", named.Select(n => $"{n.Name} {n.Says}")), fix) { Named = named };

    public string GradeName => Grade switch
    {
        Grade.Ok => "ok",
        Grade.Advice => "advice",
        _ => "problem",
    };
}
