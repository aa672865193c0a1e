using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>Ends a command with a code and one plain sentence; caught once, in <see cref="CommandLine"/>.</summary>
internal sealed class CliFailure(int exitCode, string code, string sentence) : Exception(sentence)
{
    public int ExitCode => exitCode;

    public string Code => code;

    /// <summary>What the JSON document says beside code and sentence.</summary>
    public JsonObject Details { get; } = [];

    public CliFailure With(string name, JsonNode detail)
    {
        Details[name] = detail;
        return this;
    }

    /// <summary>It ran, but the answer is bad: refused, not found.</summary>
    public static CliFailure Refused(string code, string sentence) => new(ExitCodes.Bad, code, sentence);

    /// <summary>It could not run: usage, no node, no permission.</summary>
    public static CliFailure CannotRun(string code, string sentence) => new(ExitCodes.CannotRun, code, sentence);
}

/// <summary>What a command tells the program that called it.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Bad = 1;
    public const int CannotRun = 2;
}
