using System.Diagnostics;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Shells ask the program itself what can come next.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-completion-");

    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "compdef ")]
    [InlineData("fish", "complete ")]
    [InlineData("pwsh", "Register-ArgumentCompleter ")]
    public async Task Each_shell_has_its_script(string shell, string registers)
    {
        var run = await CommandRun.Of(_scratch.FullName, "completion", shell);
        Assert.Equal(0, run.Exit);
        Assert.Contains(registers, run.Results);
        Assert.Contains("[suggest:", run.Results);
    }

    [Fact]
    public async Task Another_shell_is_refused() =>
        Assert.Equal(2, (await CommandRun.Of(_scratch.FullName, "completion", "tcsh")).Exit);

    [Fact]
    public async Task Bash_completes_a_subcommand_with_the_printed_script()
    {
        var program = Path.Combine(_scratch.FullName, "anarchive");
        await File.WriteAllTextAsync(
            program,
            $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "anarchive.dll")}' \"$@\"\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_000_000);
        const string press = """
            source <("$1" completion bash)
            COMP_LINE='anarchive config s' COMP_WORDS=("$1" config s) COMP_CWORD=2
            COMP_POINT=${#COMP_LINE}
            _anarchive
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", press, "bash", program])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["set", "show"], said.TrimEnd('\n').Split('\n').Order());
    }

    public void Dispose() => _scratch.Delete(recursive: true);
}
