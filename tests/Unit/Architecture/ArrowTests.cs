using System.Xml.Linq;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ArrowTests
{
    public static TheoryData<string> Pure => ["Log", "Rings", "Apps/Hives", "Apps/Net", "Apps/Fleet"];

    [Theory]
    [InlineData("Log", "")]
    [InlineData("Rings", "Log")]
    [InlineData("Apps/Hives", "Log Rings")]
    [InlineData("Apps/Net", "Log Rings")]
    [InlineData("Apps/Fleet", "Log Rings")]
    [InlineData("Node", "Fleet Hives Log Net Rings")]
    [InlineData("Web", "Fleet Hives Log Net Node Rings")]
    [InlineData("Cli", "Fleet Hives Log Net Node Rings Web")]
    public void Each_project_sees_exactly_what_the_picture_allows(string project, string allowed) =>
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), References(project));

    [Fact]
    public void The_picture_names_every_project()
    {
        var projects = Checkout.Files("src", ".csproj").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(["Cli", "Fleet", "Hives", "Log", "Net", "Node", "Rings", "Web"], projects.Order());
    }

    [Theory, MemberData(nameof(Pure))]
    public void A_pure_project_has_no_framework_and_no_package(string project)
    {
        var file = Load(project);
        Assert.Empty(file.Descendants("FrameworkReference"));
        Assert.Empty(file.Descendants("PackageReference"));
        Assert.Equal("Microsoft.NET.Sdk", (string?)file.Root!.Attribute("Sdk"));
    }

    [Theory, MemberData(nameof(Pure))]
    public void A_pure_project_compiles_under_the_banned_symbols(string project) =>
        Assert.Equal("true", Load(project).Descendants("PureProject").Single().Value);

    [Fact]
    public void Banned_symbols_reach_pure_projects_alone()
    {
        var list = XDocument.Load(Checkout.PathOf("Directory.Build.targets")).Descendants("AdditionalFiles").Single();
        Assert.EndsWith("eng/BannedSymbols.Pure.txt", (string?)list.Attribute("Include"));
        Assert.Equal("BannedSymbols.txt", (string?)list.Attribute("Link"));
        Assert.Equal("'$(PureProject)' == 'true'", (string?)list.Parent!.Attribute("Condition"));
        var pure = Checkout.Files("src", ".csproj").Count(file => Checkout.Read(file).Contains("<PureProject>"));
        Assert.Equal(Pure.Count, pure);
    }

    [Theory]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("T:System.Random")]
    [InlineData("T:System.Threading.Tasks.Task")]
    [InlineData("T:System.Threading.Tasks.Parallel")]
    [InlineData("T:System.Threading.Thread")]
    [InlineData("T:System.IO.File")]
    [InlineData("T:System.Net.Sockets.Socket")]
    public void Clocks_chance_waiting_and_files_are_banned_with_the_name_of_what_replaces_them(string symbol)
    {
        var line = Checkout.Read("eng/BannedSymbols.Pure.txt").Split('\n')
            .Single(l => l.StartsWith(symbol + ";", StringComparison.Ordinal));
        Assert.True(line.Length > symbol.Length + 10, $"{symbol} names no replacement.");
    }

    [Fact]
    public void No_version_floats()
    {
        var versions = XDocument.Load(Checkout.PathOf("Directory.Packages.props")).Descendants("PackageVersion");
        Assert.All(versions, v => Assert.Matches(@"^\d+(\.\d+)+$", (string?)v.Attribute("Version")));
        Assert.All(
            Checkout.Files("src", ".csproj").Concat(Checkout.Files("tests", ".csproj")),
            file => Assert.DoesNotContain(
                XDocument.Load(Checkout.PathOf(file)).Descendants("PackageReference"),
                reference => reference.Attribute("Version") is not null));
    }

    private static XDocument Load(string project) =>
        XDocument.Load(Checkout.PathOf($"src/{project}/{Path.GetFileName(project)}.csproj"));

    private static IEnumerable<string?> References(string project) =>
        Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)).Order();
}
