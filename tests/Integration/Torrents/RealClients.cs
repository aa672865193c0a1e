using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Whether the torrent clients are here that a test needs, and still run.</summary>
internal static class RealClients
{
    /// <summary>Skips the test where a program is absent; where clients are required, that is a failure.</summary>
    public static void Need(params string[] programs)
    {
        foreach (var program in programs)
        {
            if (RunningClient.IsInstalled(program)) continue;
            var sentence = $"SKIPPED: {program} is missing, so nothing can be moved with it.";
            if (Environment.GetEnvironmentVariable("REQUIRE_REAL_CLIENTS") == "1"
                || Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(sentence);
            Assert.Skip(sentence);
        }
    }

    /// <summary>True while a process of that id runs; one that ended and was not waited for does not.</summary>
    public static bool Runs(int id)
    {
        try
        {
            // The state stands behind the name, which is in parentheses and may hold anything.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }
}
