using System.CommandLine;
using System.Text;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>A passphrase, typed unseen or read from a file; never an argument, which other users could see.</summary>
internal static class Passphrase
{
    public static readonly Option<string?> FileOption = new("--passphrase-file")
    {
        Description = "A file whose first line is the passphrase; - reads it from standard input.",
        HelpName = "FILE",
    };

    /// <summary>The passphrase in UTF-8.</summary>
    /// <param name="isNew">Typed twice, and long enough to be worth something.</param>
    public static byte[] Ask(Invocation invocation, bool isNew)
    {
        var text = invocation.Value(FileOption) is { } file ? FirstLine(file) : Type(invocation.Terminal, isNew);
        if (isNew && text.Length < Passphrases.CharactersMin) throw Refused(Passphrases.Short);
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= Passphrases.BytesMax ? bytes : throw Refused(Passphrases.Long);
    }

    private static string FirstLine(string file)
    {
        if (file != "-" && !File.Exists(file))
            throw CliFailure.CannotRun("no_file", "There is no such passphrase file.");
        using var reader = file == "-" ? Console.In : new StreamReader(file);
        return reader.ReadLine() ?? "";
    }

    private static string Type(Terminal terminal, bool isNew)
    {
        if (Console.IsInputRedirected || !terminal.Attended)
            throw CliFailure.CannotRun(
                "passphrase_needed", "Nobody is here to type a passphrase: give one with --passphrase-file FILE.");
        var text = Read(terminal, "Passphrase: ");
        return !isNew || Read(terminal, "Once more: ") == text
            ? text
            : throw Refused(Passphrases.Differ);
    }

    private static CliFailure Refused(Problem problem) => CliFailure.Refused(problem.Code, problem.Sentence);

    private static string Read(Terminal terminal, string prompt)
    {
        terminal.Remarks.Write(prompt);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace) text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar)) text.Append(key.KeyChar);
        }

        terminal.Remarks.WriteLine();
        return text.ToString();
    }
}
