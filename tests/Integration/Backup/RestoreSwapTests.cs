using System.Text;
using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>How a restored node takes an untouched one's place, wherever the process dies on the way.</summary>
public sealed class RestoreSwapTests : IAsyncLifetime
{
    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes("correct horse battery");

    private readonly TemporaryDirectory _scratch = new();
    private string _restored = "";
    private string _untouched = "";

    private string Home => _scratch.At("home");

    private RestorePlace Place => new(Home);

    /// <summary>An untouched node, and one with a hive as its backup is unpacked beside it.</summary>
    public async ValueTask InitializeAsync()
    {
        await using (var node = await LiveNode.Start())
        {
            await node.Say(await node.Found("pets"), 20);
            BackupWriter.Write(
                node.Home, _scratch.At("node.backup"), Passphrase, TimeProvider.System, _ => { }, "attic-nas");
            _restored = node.Id.ToString();
        }

        DataDirectory.CreatePrivate(Unpacked);
        var contents = BackupReader.Unpack(_scratch.At("node.backup"), Passphrase, Unpacked, _ => { });
        Assert.Equal((_restored, "attic-nas", 1L), (contents.InstanceId, contents.Name, contents.Groups));
        Assert.Equal(["pets"], contents.Hives);
        _untouched = await Run(Home, node => Task.FromResult(node.Id.ToString()));
        Assert.NotEqual(_restored, _untouched);
        TemporaryDirectory.Copy(Home, _scratch.At("before"));
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Wherever_the_process_dies_the_next_start_has_the_restored_node_and_keeps_the_other()
    {
        var steps = new List<string>();
        Wait();
        Assert.Equal("before-restore", RestoreSwap.Finish(Home, steps.Add).Aside);
        IsRestored();
        // Both keys, both databases, and the marks between them.
        Assert.InRange(steps.Count, 8, 100);
        Assert.Equal(2, steps.Count(s => s == "node.db moves"));
        Assert.Equal(2, steps.Count(s => s == "node.key moves"));
        for (var deaths = 1; deaths <= steps.Count; deaths++)
        {
            Directory.Delete(Home, recursive: true);
            TemporaryDirectory.Copy(_scratch.At("before"), Home);
            Wait();
            var left = deaths;
            Assert.Throws<Dead>(() => RestoreSwap.Finish(Home, _ => DieIf(--left == 0)));
            // The one that dies again at the very same place is no further and no worse off.
            Assert.Throws<Dead>(() => RestoreSwap.Finish(Home, _ => DieIf(true)));
            DataDirectory.Open(Home).Dispose();
            IsRestored();
        }

        var hive = await Run(Home, node => Task.FromResult(node.Get<HiveQueries>().Hive("pets")));
        Assert.NotNull(hive);

        static void DieIf(bool now)
        {
            if (now) throw new Dead();
        }
    }

    [Fact]
    public void What_was_not_asked_for_is_gone_with_the_next_start_and_the_node_stays()
    {
        Wait(isAsked: false);
        DataDirectory.Open(Home).Dispose();
        IsAsBefore();
    }

    [Fact]
    public async Task A_node_that_was_touched_meanwhile_stays()
    {
        await Run(Home, node => node.Found("cats"));
        Wait();
        var hive = await Run(Home, node => Task.FromResult(node.Get<HiveQueries>().Hive("cats")));
        Assert.NotNull(hive);
        IsAsBefore();
    }

    [Theory]
    [InlineData("node.db")]
    [InlineData("keys/node.key")]
    public void A_restored_node_that_is_not_whole_takes_no_place(string missing)
    {
        Wait();
        File.Delete(Path.Combine(Place.Node, missing));
        using (var directory = DataDirectory.Open(Home)) Assert.True(directory.HasStayed);
        IsAsBefore();
        using (var next = DataDirectory.Open(Home)) Assert.False(next.HasStayed);
    }

    [Fact]
    public void A_marker_that_says_nothing_stops_the_start_and_moves_nothing()
    {
        Wait();
        File.WriteAllText(Place.Marker, "in ../elsewhere\n");
        Assert.Equal("restore_unclear", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(Home)).Code);
        Assert.Equal((_untouched, _restored), (IdIn(Home), IdIn(Place.Node)));
        // The lock is free again: a start that is refused keeps nobody out.
        File.Delete(Place.Marker);
        DataDirectory.Open(Home).Dispose();
        IsAsBefore();
    }

    [Fact]
    public async Task Who_may_come_in_stays_and_nothing_else_of_the_untouched_node_does()
    {
        const string right = "harbour lights at noon";
        await Run(Home, async node =>
        {
            Assert.Null(await node.Get<AccessBook>().FoundAsync(right));
            return (await node.Get<AccessBook>().MakeTokenAsync("television", "read")).Problem;
        });
        Wait();
        await Run(Home, async again =>
        {
            Assert.Equal(_restored, again.Id.ToString());
            Assert.Null(await again.Get<AccessBook>().VerifyAsync(right));
            return Assert.Single(again.Get<AccessBook>().Tokens).Name;
        });
    }

    private string Unpacked => _scratch.At("unpacked");

    /// <summary>Puts the restored node beside the one that is here.</summary>
    private void Wait(bool isAsked = true)
    {
        DataDirectory.CreatePrivate(Place.Folder);
        TemporaryDirectory.Copy(Unpacked, Place.Node);
        if (isAsked) RestoreSwap.Ask(Place);
    }

    private void IsRestored()
    {
        Assert.Equal(_restored, IdIn(Home));
        Assert.Equal(1, Groups(Home));
        // Without it, the first write goes under a new incarnation.
        Assert.False(File.Exists(Path.Combine(Home, "keys", "witness")));
        var aside = Path.Combine(Home, "before-restore");
        Assert.Equal(_untouched, IdIn(aside));
        Assert.Equal(0, Groups(aside));
        Assert.True(File.Exists(Path.Combine(aside, "keys", "witness")));
        Assert.False(Directory.Exists(Place.Folder));
    }

    private void IsAsBefore()
    {
        Assert.Equal(_untouched, IdIn(Home));
        Assert.False(Directory.Exists(Place.Folder));
        Assert.False(Directory.Exists(Path.Combine(Home, "before-restore")));
    }

    private static long Groups(string home)
    {
        using var db = DatabaseCopy.Open(Path.Combine(home, "node.db"), SqliteOpenMode.ReadWrite);
        return db.QuerySingle<long>("SELECT count(*) FROM groups");
    }

    /// <summary>Runs a node there; its directory stays.</summary>
    private static async Task<T> Run<T>(string home, Func<LiveNode, Task<T>> act)
    {
        var node = await LiveNode.Start(directory: home);
        try
        {
            return await act(node);
        }
        finally
        {
            await node.Stop();
        }
    }

    private static string? IdIn(string root) =>
        KeyFile.TryRead(File.ReadAllBytes(DataDirectory.NodeKeyIn(root)))?.NodeId.ToString();

    private sealed class Dead : Exception;
}
