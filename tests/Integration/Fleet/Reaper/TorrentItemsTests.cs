using System.Diagnostics;
using Anarchive.Fleet;
using Anarchive.Node;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What the torrents of a real client are to the fleet.</summary>
public sealed class TorrentItemsTests : IAsyncLifetime
{
    private const string Label = TransmissionRpc.Label;
    private const long Some = 3 * 1024 * 1024 + 17;

    private readonly TemporaryDirectory _scratch = new();
    private readonly SwarmTracker _tracker = new();
    private RunningClient? _running;
    private ClientOwner _owner = null!;
    private MediaBox _box = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetBook Book => _box.Node.Get<FleetBook>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _box.DisposeAsync();
            _owner.Dispose();
            await _running.DisposeAsync();
        }

        _tracker.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_file_of_a_torrent_is_an_item_that_names_its_torrent_and_no_passkey(string program)
    {
        await Start(program);
        // The first lies in a watched folder, the second on the volume alone.
        var open = await Seed("open", Some, isPrivate: false, "films");
        var closed = await Seed("closed", Some + 1, isPrivate: true, "seeds");
        await Look();

        var (one, other) = (ItemOf(open), ItemOf(closed));
        Assert.Equal((Privacy.No, Some), (one.Privacy, one.SizeBytes));
        Assert.Equal((Privacy.Yes, Some + 1), (other.Privacy, other.SizeBytes));
        Assert.All([one, other], i => Assert.Equal("127.0.0.1", i.Source));
        Assert.Equal(MediaBox.ItemOf(new byte[Some]), one.Id);
        Assert.Equal(HoldingState.Present, Book.Read(s => Assert.Single(s.HoldingsOf(other.Id))).State);
        var said = Events();
        Assert.Contains(open.InfoHash.ToString(), said);
        Assert.DoesNotContain(SwarmTracker.Passkey, said);
        Assert.DoesNotContain("announce", said);
        Assert.DoesNotContain("seeds", said);
        // Nothing new is nothing to say.
        var seq = Words();
        await Look();
        Assert.Equal(seq, Words());
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task Peers_are_named_as_the_gates_of_its_source_allow(string program)
    {
        await Start(program);
        var open = await Seed("open", Some, isPrivate: false, "films");
        var closed = await Seed("closed", Some + 1, isPrivate: true, "films");
        await Look();
        var peers = _box.Node.Get<PeersDesk>();
        PeersAnswer? Ask(SwarmTorrent of, CallerRing caller) => peers.Answer(of.InfoHash.ToString(), caller);

        // Nobody said yet what that tracker is.
        Assert.Equal(
            new TorrentScope(Privacy.Unknown, SourceGate.SearchOnly, Isolation.F2fOnly),
            Ask(open, CallerRing.Fleet)!.Scope);
        await _box.Say(new SourceSet(
            "127.0.0.1", SourceKind.Public, "127.0.0.1", SourceGate.SearchOnly, Isolation.Open));
        Assert.Equal(
            new TorrentScope(Privacy.No, SourceGate.SearchOnly, Isolation.Open), Ask(open, CallerRing.Fleet)!.Scope);
        Assert.Equal([DeviceId.Of(_box.Node.Id)], Ask(open, CallerRing.Fleet)!.Custodians);
        Assert.Null(Ask(open, CallerRing.Friend));
        // The private one is private whatever its source is said to be.
        var answer = Ask(closed, CallerRing.Fleet)!;
        Assert.Equal((Privacy.Yes, Isolation.F2fOnly), (answer.Scope.Privacy, answer.Scope.Isolation));
        Assert.Contains(new Withheld(PeerVia.Dht, "f2f_only"), answer.Withheld);
        Assert.DoesNotContain("bt", answer.Peers.SelectMany(p => p.Transports));
        Assert.Null(Ask(closed, CallerRing.Friend));
        Assert.Null(Ask(closed, CallerRing.Stranger));
        await _box.Say(new SourceSet("127.0.0.1", SourceKind.Public, "127.0.0.1", SourceGate.Open, Isolation.Open));
        Assert.NotNull(Ask(open, CallerRing.Fleet));
        Assert.Null(Ask(open, CallerRing.Stranger));
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_file_that_a_torrent_needs_is_not_let_go_and_one_that_is_not_whole_is_no_item(string program)
    {
        await Start(program);
        var whole = await Seed("whole", Some, isPrivate: false, "seeds");
        // All of its length is there, and none of its bytes.
        var half = new SwarmTorrent("half", Some, isPrivate: false, _tracker.Announce);
        await File.WriteAllBytesAsync(_box.At("half"), MediaBox.Bytes((int)Some, 1), Cancellation);
        _box.Age(_box.At("half"), 10);
        await _owner.Add(half, _box.At(""), Label, isPaused: false, Cancellation);
        await _box.Node.Until(half, s => s is { Activity: TorrentActivity.Fetching, IsComplete: false });
        // A second name of the first's bytes, in the watched folder, where no torrent names it.
        using (var link = Process.Start("ln", [Path.Combine(_box.Root, "seeds", "whole"), _box.At("linked")]))
            await link.WaitForExitAsync(Cancellation);
        await Look();

        var item = ItemOf(whole).Id;
        Assert.Equal(item, Assert.Single(_box.Store.Held()).Item);
        var desk = _box.Node.Get<ReleaseDesk>();
        Assert.Equal(ReleaseCodes.StillReferred, desk.Propose(item, null)!.Code);
        using (var client = TorrentClientChoice.TryParse(_running!.Setting)!.Open())
            Assert.True(await client.RemoveAsync(whole.InfoHash, Cancellation));
        await _box.Node.Get<ClientFiles>().LookNowAsync(Cancellation);
        Assert.NotEqual(ReleaseCodes.StillReferred, desk.Propose(item, null)!.Code);
        // Out of the client it stays an item.
        await Look();
        Assert.Equal(HoldingState.Present, Assert.Single(_box.Store.Held()).State);
    }

    [Fact]
    public async Task A_file_that_its_client_does_not_find_any_more_may_be_any_of_its_size()
    {
        await Start(RunningClient.Transmission);
        var whole = await Seed("whole", Some, isPrivate: false, "seeds");
        await Look();
        var item = ItemOf(whole).Id;
        File.Move(Path.Combine(_box.Root, "seeds", "whole"), _box.At("moved"));
        await Look();
        Assert.Equal(_box.At("moved"), _box.Store.Find(item)!.FullPath);
        Assert.Equal(ReleaseCodes.StillReferred, _box.Node.Get<ReleaseDesk>().Propose(item, null)!.Code);
    }

    [Fact]
    public async Task Nothing_is_let_go_while_the_client_does_not_say_what_its_torrents_need()
    {
        await Start(RunningClient.Transmission);
        var item = await _box.Hold("a.mkv", 100_000, 1);
        await _box.Node.Get<ClientFiles>().LookNowAsync(Cancellation);
        var desk = _box.Node.Get<ReleaseDesk>();
        Assert.NotEqual(ReleaseCodes.StillReferred, desk.Propose(item, null)!.Code);
        await _running!.DisposeAsync();
        await _box.Node.Get<ClientFiles>().LookNowAsync(Cancellation);
        Assert.Equal(ReleaseCodes.StillReferred, desk.Propose(item, null)!.Code);
        _running = await RunningClient.Start(RunningClient.Transmission, _scratch.At("another"), Cancellation);
    }

    private Item ItemOf(SwarmTorrent torrent) => Book.Read(
        s => Assert.Single(s.Items.Values, i => i.InfoHashV1 == torrent.InfoHash.ToString()));

    /// <summary>What all events of the node say.</summary>
    private string Events()
    {
        using var db = new SqliteConnection($"Data Source={_box.Node.Home}/node.db;Mode=ReadOnly");
        db.Open();
        using var all = db.CreateCommand();
        all.CommandText = "SELECT group_concat(CAST(payload AS TEXT), char(10)) FROM events";
        return (string)all.ExecuteScalar()!;
    }

    private int Words() => Events().Split('\n').Count(e => e.Contains("piece_root", StringComparison.Ordinal));

    /// <summary>A torrent whose file lies in a folder of the volume, and of which the client has all.</summary>
    private async Task<SwarmTorrent> Seed(string name, long length, bool isPrivate, string folder)
    {
        var torrent = new SwarmTorrent(name, length, isPrivate, _tracker.Announce);
        var place = Path.Combine(_box.Root, folder);
        torrent.Lay(place);
        _box.Age(Path.Combine(place, name), 10);
        await _owner.Add(torrent, place, Label, isPaused: false, Cancellation);
        await _box.Node.Until(torrent, s => s is { Activity: TorrentActivity.Seeding, IsComplete: true });
        return torrent;
    }

    /// <summary>The client, then the disk, then the client: as the loops of a node do in turn.</summary>
    private async Task Look()
    {
        await _box.Node.Get<Reaper>().LookAsync(Cancellation);
        await _box.Look();
        await _box.Node.Get<Reaper>().LookAsync(Cancellation);
    }

    private async Task Start(string program)
    {
        RealClients.Need(program);
        _running = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        _owner = new ClientOwner(TorrentClientChoice.TryParse(_running.Setting)!);
        _box = await MediaBox.Start(
            with: o => o with { TorrentClient = _running.Setting }, tellsFleet: true,
            services: s => s.AddSingleton<LinkIsUp>(() => true));
        await _box.Declare("NAS", "home");
        await Eventually.True(() => _box.Node.Get<TorrentHost>().Client is not null, "No client.");
    }
}
