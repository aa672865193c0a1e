using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node's keys: made once, read strictly, seen by nobody else.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly DataDirectory _directory;
    private readonly SystemRandom _random = new();

    public KeyFileTests() => _directory = DataDirectory.Open(_temporary.At("home"));

    public void Dispose()
    {
        _directory.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_node_is_the_same_after_a_restart()
    {
        var (first, second) = (Open(), Open());
        Assert.Equal(first.NodeId, second.NodeId);
        Assert.Equal(first.Statements, second.Statements);
        Assert.True(first.NodeSecret.SequenceEqual(second.NodeSecret));
    }

    [Fact]
    public void Its_statements_prove_its_key_to_anyone()
    {
        var key = Open();
        var chain = KeyChain.Read(key.Statements, new SodiumVerifier());
        Assert.NotNull(chain);
        Assert.Equal((key.NodeId, key.PublicKey), (chain.Node, chain.Current));
    }

    [Fact]
    public void What_it_signs_verifies_and_nothing_else_does()
    {
        var (key, verifier) = (Open(), new SodiumVerifier());
        var message = Encoding.UTF8.GetBytes("said");
        var signature = key.Sign(message);
        Assert.True(verifier.Verify(key.PublicKey, message, signature));
        Assert.False(verifier.Verify(key.PublicKey, Encoding.UTF8.GetBytes("Said"), signature));
        Assert.False(verifier.Verify(key.PublicKey, message, signature.AsSpan(1)));
        signature[10] ^= 1;
        Assert.False(verifier.Verify(key.PublicKey, message, signature));
    }

    [Fact]
    public void Files_of_a_newer_version_are_named_as_such_and_left_alone()
    {
        Open();
        File.WriteAllText(_directory.NodeKeyPath, """{"version":2,"seeds":[{"hybrid":true}]}""");
        Assert.Equal("key_file_too_new", Assert.Throws<DataDirectoryException>(() => Open()).Code);
        File.Copy(_directory.NodeKeyPath, _directory.RecoveryKeyPath, overwrite: true);
        Assert.Equal("key_file_too_new", Assert.Throws<DataDirectoryException>(
            () => KeyFile.Recover(_directory, null, _random)).Code);
        foreach (var text in new[] { """{"version":"2"}""", """{"version":0}""", "[2]", "2", "" })
        {
            File.WriteAllText(_directory.NodeKeyPath, text);
            Assert.Equal("key_file_damaged", Assert.Throws<DataDirectoryException>(() => Open()).Code);
        }
    }

    [Fact]
    public void Key_files_are_readable_by_their_owner_only()
    {
        Open();
        foreach (var path in new[] { _directory.NodeKeyPath, _directory.RecoveryKeyPath })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_key_file_open_to_others_is_refused()
    {
        Open();
        File.SetUnixFileMode(
            _directory.NodeKeyPath, File.GetUnixFileMode(_directory.NodeKeyPath) | UnixFileMode.GroupRead);
        Assert.Equal("key_file_open_to_others", Refused());
    }

    [Fact]
    public void The_recovery_key_may_be_moved_away()
    {
        var before = Open();
        File.Delete(_directory.RecoveryKeyPath);
        Assert.Equal(before.NodeId, Open().NodeId);
        Assert.False(File.Exists(_directory.RecoveryKeyPath));
    }

    [Fact]
    public void A_database_without_its_key_is_never_given_another()
    {
        File.WriteAllText(_directory.DatabasePath, "");
        Assert.Equal("key_file_missing", Refused());
        Assert.False(File.Exists(_directory.NodeKeyPath));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 0")]
    [InlineData("\"version\": 1", "\"version\": 1, \"extra\": 1")]
    [InlineData("\"seed\": \"", "\"seed\": \"A")]
    [InlineData("{", "")]
    public void A_damaged_key_file_is_refused(string found, string replaced)
    {
        Open();
        var text = File.ReadAllText(_directory.NodeKeyPath);
        var damaged = text.Replace(found, replaced, StringComparison.Ordinal);
        Assert.NotEqual(text, damaged);
        File.WriteAllText(_directory.NodeKeyPath, damaged);
        Assert.Equal("key_file_damaged", Refused());
    }

    [Fact]
    public void Another_nodes_seed_under_these_statements_is_refused()
    {
        Open();
        using var other = DataDirectory.Open(_temporary.At("other"));
        KeyFile.Open(other, _random);
        var (mine, theirs) = (File.ReadAllLines(_directory.NodeKeyPath), File.ReadAllLines(other.NodeKeyPath));
        var seed = Array.FindIndex(mine, l => l.Contains("\"seed\"", StringComparison.Ordinal));
        mine[seed] = theirs[seed];
        File.WriteAllLines(_directory.NodeKeyPath, mine);
        Assert.Equal("key_file_damaged", Refused());
    }

    private NodeKey Open() => KeyFile.Open(_directory, _random);

    private string Refused() => Assert.Throws<DataDirectoryException>(Open).Code;
}
