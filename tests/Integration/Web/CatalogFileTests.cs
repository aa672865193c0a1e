using System.Diagnostics;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The catalogs are what translators' tools read.</summary>
public sealed class CatalogFileTests
{
    private const string Msgfmt = "/usr/bin/msgfmt";

    [Fact]
    public async Task Each_is_a_PO_file_to_msgfmt()
    {
        Assert.SkipUnless(File.Exists(Msgfmt), "msgfmt is not installed.");
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Anarchive.slnx"))) root = root.Parent!;
        var files = Directory.GetFiles(
            Path.Combine(root.FullName, "src", "Web", "Languages"), "*.po", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var start = new ProcessStartInfo(Msgfmt, ["--output-file=/dev/null", file])
            {
                RedirectStandardError = true,
                Environment = { ["LC_ALL"] = "C.UTF-8" },
            };
            using var msgfmt = Process.Start(start)!;
            var said = await msgfmt.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await msgfmt.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(msgfmt.ExitCode == 0, said);
        }
    }
}
