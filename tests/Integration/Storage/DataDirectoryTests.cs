using System.Diagnostics;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>One process at a time, and nobody else's eyes.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Home => _directory.At("home");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_directory_belongs_to_its_owner_alone()
    {
        using var held = DataDirectory.Open(Home);
        var expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(expected, File.GetUnixFileMode(held.Root));
        Assert.Equal(expected, File.GetUnixFileMode(held.KeyDirectory));
    }

    [Theory]
    [InlineData("", UnixFileMode.GroupRead)]
    [InlineData("", UnixFileMode.OtherExecute)]
    [InlineData("keys", UnixFileMode.OtherRead)]
    public void A_directory_open_to_others_is_refused(string folder, UnixFileMode loose)
    {
        DataDirectory.Open(Home).Dispose();
        var path = Path.Combine(Home, folder);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | loose);
        var refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(Home));
        Assert.Equal("data_directory_open_to_others", refused.Code);
        Assert.Contains("chmod 700", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_held_by_one_node_at_a_time()
    {
        using (DataDirectory.Open(Home))
        {
            var refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(Home));
            Assert.Equal("data_directory_in_use", refused.Code);
        }

        DataDirectory.Open(Home).Dispose();
    }

    [Fact]
    public void A_second_process_is_kept_out()
    {
        using var held = DataDirectory.Open(Home);
        using var flock = Process.Start("flock", ["--nonblock", Path.Combine(Home, "lock"), "true"]);
        flock.WaitForExit();
        Assert.Equal(1, flock.ExitCode);
    }

    [Fact]
    public void A_place_that_cannot_be_a_directory_is_refused_with_a_sentence()
    {
        File.WriteAllText(Home, "a file");
        Assert.Equal(
            "data_directory_not_writable", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(Home)).Code);
    }
}
