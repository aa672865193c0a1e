using System.CommandLine;

namespace Anarchive.Cli;

/// <summary>One run of one command: what was asked, where to speak, which data directory.</summary>
internal sealed class Invocation(ParseResult parsed, Terminal terminal)
{
    public static readonly Option<bool> JsonOption = new("--json")
    {
        Description = "Print one JSON document with schemaVersion, errors included.",
        Recursive = true,
    };

    public static readonly Option<string?> HomeOption = new("--home")
    {
        Description = "The data directory. Otherwise ANARCHIVE_HOME, then the user's data directory.",
        HelpName = "DIR",
        Recursive = true,
    };

    public Terminal Terminal => terminal;

    public bool Json => parsed.GetValue(JsonOption);

    /// <summary>Null unless the command names a directory itself.</summary>
    public Home? GivenHome => parsed.GetValue(HomeOption) is { Length: > 0 } ? Home : null;

    public Home Home => Home.Resolve(parsed.GetValue(HomeOption));

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);
}
