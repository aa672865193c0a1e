using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive completion SHELL</c>: a script that lets a shell complete commands and options.</summary>
/// <remarks>A script asks the program itself, by System.CommandLine's directive: it never gets out of date.</remarks>
internal static class CompletionCommand
{
    private const string Bash = """
        _anarchive() {
            local IFS=$'\n' words
            words=$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _anarchive anarchive
        """;

    private const string Zsh = """
        #compdef anarchive
        _anarchive() {
            local -a words
            words=("${(@f)$(anarchive "[suggest:$#BUFFER]" "$BUFFER" 2>/dev/null)}")
            compadd -- $words
        }
        compdef _anarchive anarchive
        """;

    private const string Fish = """
        function __anarchive
            set -l line (commandline -cp)
            anarchive "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c anarchive -f -a '(__anarchive)'
        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName anarchive -ScriptBlock {
            param($word, $line, $position)
            anarchive "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh, fish or pwsh." };

    static CompletionCommand() => Shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");

    public static Command Build(Terminal terminal) =>
        new Command("completion", "Print a script that lets a shell complete commands and options.") { Shell }
            .Runs(terminal, RunAsync);

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var script = invocation.Value(Shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Pwsh,
        };
        return Task.FromResult(Answer.Done(new JsonObject { ["script"] = script }, script.Split('\n')));
    }
}
