using System.CommandLine;
using System.Text;

namespace Anarchive.Cli;

/// <summary>A passphrase, typed unseen or read from a file; never an argument, which other users could see.</summary>
internal static class Passphrase
{
    private const int CharactersMin = 8;
    private const int BytesMax = 1024;

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
        if (isNew && text.Length < CharactersMin)
            throw CliFailure.Refused("passphrase_short", $"A passphrase has at least {CharactersMin} characters.");
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= BytesMax
            ? bytes
            : throw CliFailure.Refused("passphrase_long", $"A passphrase has at most {BytesMax} bytes.");
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
            : throw CliFailure.Refused("passphrases_differ", "The two passphrases differ; nothing was done.");
    }

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
