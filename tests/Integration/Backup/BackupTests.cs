using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Backups of a running node, and what comes of them.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes("correct horse battery");

    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string BackupFile => _scratch.At("node.backup");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_restored_node_writes_under_a_new_incarnation_and_gets_back_what_came_after()
    {
        await using var peer = await LiveNode.Start();
        await using var node = await LiveNode.Start();
        var group = await peer.Found("pets");
        await node.Join(peer, "pets");
        await Eventually.InStep(group, node, peer);
        await node.Say(group, 20);
        await Eventually.InStep(group, node, peer);
        var made = Write(node);
        await node.Say(group, 30);
        await Eventually.InStep(group, node, peer);
        var (own, id) = (node.Writer.OwnChain, node.Id);
        var seq = node.Writer.Durable(group).SeqOf(own);
        await node.Stop();

        var home = _scratch.At("home");
        var restored = BackupReader.Restore(BackupFile, Passphrase, home, _ => { });
        Assert.Equal((made, id.ToString()), (restored, made.InstanceId));
        await using var again = await LiveNode.Start(directory: home);
        // At once, before any peer can tell it what it has forgotten.
        await again.Say(group);
        Assert.Equal(id, again.Id);
        Assert.NotEqual(own, again.Writer.OwnChain);
        await Eventually.InStep(group, again, peer);
        Assert.Equal(seq, again.Writer.Durable(group).SeqOf(own));
        Assert.Empty(peer.Writer.Forks(group));
        Assert.Equal(State(peer, group), State(again, group));
    }

    [Fact]
    public async Task A_backup_that_was_cut_or_changed_anywhere_is_refused_and_nothing_is_restored()
    {
        await Written();
        var whole = await File.ReadAllBytesAsync(BackupFile, Cancellation);
        var wrong = _scratch.At("wrong.backup");
        (int At, string Code)[] flips =
        [
            (0, "not_a_backup"), (30, "wrong_passphrase"), (50, "wrong_passphrase"), (100, "wrong_passphrase"),
            (BackupChunk + 100, "backup_damaged"), (whole.Length - 1, "backup_damaged"),
        ];
        foreach (var (at, code) in flips)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 1;
            await Refused(changed, code);
        }

        // The first is cut between two chunks, the second within the header; the third goes on after its end.
        await Refused(whole[..(68 + BackupChunk)], "backup_damaged");
        await Refused(whole[..40], "not_a_backup");
        await Refused([.. whole, 0], "backup_damaged");

        async Task Refused(byte[] bytes, string code)
        {
            await File.WriteAllBytesAsync(wrong, bytes, Cancellation);
            var home = _scratch.At("never");
            var refused = Assert.Throws<BackupException>(
                () => BackupReader.Restore(wrong, Passphrase, home, _ => { }));
            Assert.Equal(code, refused.Code);
            Assert.False(Directory.Exists(home));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Root, "*.restoring"));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024 - 1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(3 * 64 * 1024)]
    public void What_was_sealed_comes_back_whatever_its_length(int length)
    {
        var plain = new byte[length];
        new Random(length).NextBytes(plain);
        using var file = new MemoryStream();
        var (header, state) = BackupHeader.Create(Passphrase, new SystemRandom());
        file.Write(header.Written);
        using (var sealing = new SealingStream(file, header, state))
        {
            foreach (var part in plain.Chunk(1000)) sealing.Write(part);
            sealing.Finish();
        }

        file.Position = 0;
        (header, state) = BackupHeader.Read(file, Passphrase);
        using var opening = new OpeningStream(file, header, state);
        using var back = new MemoryStream();
        opening.CopyTo(back);
        Assert.Equal(plain, back.ToArray());
    }

    [Fact]
    public async Task Only_the_passphrase_opens_a_backup_and_no_secret_is_readable_in_it()
    {
        await Written();
        Assert.Equal("wrong_passphrase", Assert.Throws<BackupException>(
            () => BackupReader.Verify(BackupFile, "wrong horse battery"u8, _ => { })).Code);
        Assert.NotEqual(0, BackupReader.Verify(BackupFile, Passphrase, _ => { }).Events);
        var bytes = await File.ReadAllBytesAsync(BackupFile, Cancellation);
        Assert.Equal(-1, bytes.AsSpan().IndexOf("SQLite format 3"u8));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("seed"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));
    }

    [Fact]
    public async Task Nothing_that_is_there_already_is_replaced()
    {
        await using var node = await LiveNode.Start();
        await node.Say(await node.Found("pets"));
        Write(node);
        var before = await File.ReadAllBytesAsync(BackupFile, Cancellation);
        Assert.Equal("file_exists", Assert.Throws<BackupException>(() => Write(node)).Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(BackupFile, Cancellation));
        Assert.Equal("data_directory_not_empty", Assert.Throws<BackupException>(
            () => BackupReader.Restore(BackupFile, Passphrase, node.Home, _ => { })).Code);
        Assert.Equal("nothing_to_back_up", Assert.Throws<BackupException>(() => BackupWriter.Write(
            _scratch.Root, _scratch.At("other"), Passphrase, TimeProvider.System, _ => { })).Code);
        Assert.Equal("no_file", Assert.Throws<BackupException>(
            () => BackupReader.Verify(_scratch.At("none"), Passphrase, _ => { })).Code);
        // Neither the copy of the database nor a half-written file stays behind.
        Assert.Empty(Directory.EnumerateFiles(node.Home, "backup-*"));
        Assert.Empty(Directory.EnumerateFiles(_scratch.Root, "*.new"));
    }

    /// <summary>Below zero in base 256 (GNU tar: a leading 0xff), and above all bounds.</summary>
    [Theory]
    [InlineData("\u00ff0000000041")]
    [InlineData("77777777777")]
    public void An_archive_with_an_entry_of_an_impossible_size_is_damaged(string size)
    {
        var header = new byte[512];
        Put(0, "./x");
        Put(100, "0000644\00000000\00000000");
        Put(124, size);
        Put(156, "x");
        Put(257, "ustar\000");
        Put(148, $"{Convert.ToString(header.Sum(b => b) + (8 * ' '), 8).PadLeft(6, '0')}\0 ");
        Assert.Equal("backup_damaged", Assert.Throws<BackupException>(
            () => BackupReader.ExtractEntries(new MemoryStream(header), _scratch.Root, () => { })).Code);

        void Put(int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(header, at);
    }

    private const int BackupChunk = 64 * 1024 + 17;

    private async Task Written()
    {
        await using var node = await LiveNode.Start();
        await node.Say(await node.Found("pets"), 500);
        Write(node);
    }

    private BackupManifest Write(LiveNode node) =>
        BackupWriter.Write(node.Home, BackupFile, Passphrase, TimeProvider.System, _ => { });

    private static Hash256 State(LiveNode node, GroupId group) => node.Get<HiveQueries>().StateDigest(group);
}
