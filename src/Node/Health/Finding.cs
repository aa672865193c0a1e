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
    public static Finding Ok(string check, string says) => new(check, Grade.Ok, says);

    public static Finding Advice(string check, string says, string fix) => new(check, Grade.Advice, says, fix);

    public static Finding Problem(string check, string says, string fix) => new(check, Grade.Problem, says, fix);

    public string GradeName => Grade switch
    {
        Grade.Ok => "ok",
        Grade.Advice => "advice",
        _ => "problem",
    };
}
