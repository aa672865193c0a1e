using System.Runtime.CompilerServices;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Data from elsewhere: <c>../shared/data</c> by the checkout, or where ANARCHIVE_TEST_DATA says.</summary>
internal static class TestData
{
    /// <summary>Skips the test where the file is absent.</summary>
    public static string Need(string relative)
    {
        var path = Path.Combine(Root(), relative);
        if (!File.Exists(path)) Assert.Skip($"SKIPPED: {relative} is not in ../shared/data.");
        return path;
    }

    private static string Root([CallerFilePath] string here = "") =>
        Environment.GetEnvironmentVariable("ANARCHIVE_TEST_DATA")
        ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../shared/data"));
}
