using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Torrents of a real client that stall, and whom the ladder joins it to. Time is moved by the hour.</summary>
public sealed class TorrentJoinTests : IAsyncLifetime
{
    private const string Label = TransmissionRpc.Label;
    private const string Source = "archive";

    private static readonly VolumeId Volume = new(1);

    private readonly TemporaryDirectory _scratch = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly List<RunningClient> _running = [];
    private readonly List<ClientOwner> _owners = [];
    private readonly List<LiveNode> _nodes = [];
    private readonly List<string> _inDht = [];
    private int _hours;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LiveNode Lacks => _nodes[0];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        foreach (var owner in _owners) owner.Dispose();
        foreach (var running in _running) await running.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_public_one_gets_its_bytes_from_a_peer_that_the_dht_names_once_its_owner_says_so(string program)
    {
        var (pack, other) = (Pack("pack", isPrivate: false), Pack("other", isPrivate: true));
        await Client(program);
        await Node();
        await Client(RunningClient.Transmission);
        foreach (var one in new[] { pack, other }) await Seed(1, one);
        _inDht.Add(await PortOf(1));
        await Know(Lacks, pack, Privacy.No);
        await Know(Lacks, other, Privacy.Yes);
        foreach (var one in new[] { pack, other }) await Lack(one);
        Assert.Null(await Lacks.Get<ReaperDesk>().SetWalkAsync(pack.InfoHash.ToString(), true, Cancellation));

        var taken = await Take(pack, Rung.PublicPeers);
        Assert.Equal(("joined", 1), (taken.Outcome, taken.Found));
        await Lacks.Until(pack, s => s is { IsComplete: true });
        foreach (var (name, content) in pack.Files!)
            Assert.Equal(
                content, await File.ReadAllBytesAsync(_scratch.At($"lacks/{pack.Name}/{name}"), Cancellation));
        Assert.Equal(0, Sample(other).DoneBytes);
        Assert.DoesNotContain(
            Lacks.Get<ReaperDesk>().View().Plan.Proposals, p => p.InfoHash == other.InfoHash.ToString());
    }

    [Fact]
    public async Task What_was_begun_is_taken_up_by_the_node_that_starts_again()
    {
        var pack = Pack("pack", isPrivate: false);
        await Client(RunningClient.Transmission);
        await Node();
        await Know(Lacks, pack, Privacy.No);
        await Lack(pack);
        Assert.Null(await Lacks.Get<ReaperDesk>().SetWalkAsync(pack.InfoHash.ToString(), true, Cancellation));
        // Nobody listens there yet.
        await Client(RunningClient.Transmission);
        _inDht.Add(await PortOf(1));
        Assert.Equal("joined", (await Take(pack, Rung.PublicPeers)).Outcome);
        await Lacks.Restart(stopFirst: true);
        await Eventually.True(() => Lacks.Get<TorrentHost>().Client is not null, "No client.", Lacks);
        await Seed(1, pack);
        // The walk of before is forgotten with the node, and so made again; of a client just met nothing is judged.
        await Look(2);
        await Lacks.Until(pack, s => s is { IsComplete: true });
    }

    [Fact]
    public async Task A_friend_gives_what_both_opened_by_a_tunnel_between_the_nodes()
    {
        var pack = Pack("pack", isPrivate: false);
        var friend = await Friend(RunningClient.QBittorrent, pack);
        await Know(friend, pack, Privacy.No, Source);
        await Hold(friend, pack);
        var tunnels = Lacks.Get<WireTunnels>();
        await Lack(pack);
        // Not before the friend opened its source.
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => tunnels.RunAsync(friend.Id, pack.InfoHash, Cancellation));
        Assert.Equal(Failure.NotFound, refused.Failure);
        await Open(friend);
        await Know(Lacks, pack, Privacy.No, Source);
        await Open(Lacks);

        var taken = await Take(pack, Rung.AskFriends);
        Assert.Equal(("joined", 1), (taken.Outcome, taken.Found));
        await Lacks.Until(pack, s => s is { IsComplete: true });
    }

    [Fact]
    public async Task Who_opted_out_again_is_joined_to_nobody_any_more()
    {
        var pack = Pack("pack", isPrivate: false);
        foreach (var _ in new[] { 0, 1 }) await Client(RunningClient.Transmission);
        _inDht.Add(await PortOf(1));
        await Node(at: 0);
        await Know(Lacks, pack, Privacy.No);
        await Lack(pack);
        var (desk, joins) = (Lacks.Get<ReaperDesk>(), Lacks.Get<TorrentJoins>());
        Assert.Null(await desk.SetWalkAsync(pack.InfoHash.ToString(), true, Cancellation));
        Assert.Equal("joined", (await Take(pack, Rung.PublicPeers)).Outcome);
        Assert.Equal(1, joins.Running);
        Assert.Null(await desk.SetWalkAsync(pack.InfoHash.ToString(), false, Cancellation));
        await Eventually.True(() => joins.Running == 0, "It goes on.", Lacks);
        await Look(1);
        Assert.Equal(0, joins.Running);
    }

    [Fact]
    public async Task Friends_are_only_named_for_what_is_not_known_to_be_public()
    {
        var pack = Pack("pack", isPrivate: true);
        var friend = await Friend(RunningClient.Transmission, pack);
        foreach (var node in _nodes)
        {
            await Know(node, pack, Privacy.Yes, Source);
            await Open(node, SourceKind.Private);
        }

        await Hold(friend, pack);
        await Lack(pack);
        var taken = await Take(pack, Rung.AskFriends);
        Assert.Equal(("found", 1), (taken.Outcome, taken.Found));
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => Lacks.Get<WireTunnels>().RunAsync(friend.Id, pack.InfoHash, Cancellation));
        Assert.Equal(Failure.NotFound, refused.Failure);
        Assert.Equal(0, Sample(pack).DoneBytes);
    }

    private static SwarmTorrent Pack(string name, bool isPrivate) => SwarmTorrent.Of(
        name, isPrivate, null, ("a.mkv", MediaBox.Bytes(500_000, name.Length)), ("b.mkv", MediaBox.Bytes(300_000, 2)));

    private static async Task Say(LiveNode node, IFleetPayload payload)
    {
        var (_, problem) = await node.Get<FleetDesk>().SayAsync(payload, dryRun: false, Cancellation);
        Assert.True(problem is null, $"{payload}: {problem}");
    }

    /// <summary>The fleet has the torrent's files as items.</summary>
    private static Task Know(LiveNode node, SwarmTorrent torrent, Privacy privacy, string? source = null) => Say(
        node,
        new ItemsDescribed([.. torrent.Files!.Select(f =>
        {
            var root = new PiecesRoot();
            root.Add(f.Content);
            return new DescribedItem(
                MediaBox.ItemOf(f.Content), f.Content.Length, PieceLayer.PieceLengthOf(f.Content.Length), root.Root(),
                privacy, Policy.DefaultName, torrent.InfoHash.ToString(), null, source);
        })]));

    private static Task Hold(LiveNode node, SwarmTorrent torrent) => Say(node, new HoldingsSet(
        DeviceId.Of(node.Id), Volume,
        [
            .. torrent.Files!.Select(f =>
                new HoldingRow(MediaBox.ItemOf(f.Content), 1, HoldingState.Present, Evidence.Hash)),
        ]));

    private static Task Open(LiveNode node, SourceKind kind = SourceKind.Public) => Say(
        node, new SourceSet(Source, kind, "archive.example", SourceGate.Open, Isolation.F2fOnly));

    /// <summary>Of a node with that program: another household, whose client has the torrent.</summary>
    private async Task<LiveNode> Friend(string program, SwarmTorrent torrent)
    {
        foreach (var each in new[] { program, RunningClient.Transmission })
        {
            await Client(each);
            await Node();
        }

        await Seed(1, torrent, Label);
        await Pairings.Pair(_nodes[1], Lacks, InviteKind.Friend);
        await Pairings.Met(Lacks, _nodes[1]);
        await _nodes[1].Get<Reaper>().LookAsync(Cancellation);
        return _nodes[1];
    }

    /// <summary>Has the ladder climb to that rung, and takes it.</summary>
    private async Task<TakenRung> Take(SwarmTorrent torrent, Rung rung)
    {
        var wanted = new ReaperProposal(torrent.InfoHash.ToString(), rung);
        var desk = Lacks.Get<ReaperDesk>();
        for (var hours = 0; !desk.View().Plan.Proposals.Contains(wanted); hours++)
        {
            Assert.True(hours < 12, $"Not proposed: {string.Join('\n', desk.View().Torrents.Select(t => t.Next))}");
            await Look(1);
        }

        var (taken, problem) = await desk.ApplyAsync(desk.View().Plan.Id, Cancellation);
        Assert.Null(problem);
        return Assert.Single(taken, t => t.Proposal == wanted);
    }

    private async Task Look(int hours)
    {
        for (var passed = 0; passed < hours; passed++)
        {
            _time.SetAhead(TimeSpan.FromHours(++_hours));
            await Lacks.Get<Reaper>().LookAsync(Cancellation);
            var client = (IWatchedClient)Lacks.Get<TorrentHost>().Client!;
            await Eventually.True(
                async () => (await client.WatchAsync(0, Cancellation)).All(s => s.Activity != TorrentActivity.Checking),
                () => "A check does not end.");
        }
    }

    private TorrentSample Sample(SwarmTorrent torrent) =>
        Lacks.Get<ReaperBook>().Torrents[torrent.InfoHash.ToString()].Sample;

    /// <summary>Ours, at the client of the first, without a byte of it.</summary>
    private async Task Lack(SwarmTorrent torrent)
    {
        await _owners[0].Add(torrent, _scratch.At("lacks"), Label, isPaused: false, Cancellation);
        await Lacks.Until(torrent, s => s.Activity == TorrentActivity.Fetching);
    }

    private async Task Seed(int at, SwarmTorrent torrent, string? label = null)
    {
        torrent.Lay(_scratch.At($"has{at}"));
        await _owners[at].Add(torrent, _scratch.At($"has{at}"), label, isPaused: false, Cancellation);
        using var client = TorrentClientChoice.TryParse(_running[at].Setting)!.Open();
        await Eventually.True(
            async () => (await ((IWatchedClient)client).WatchAsync(0, Cancellation))
                .Any(s => s.InfoHash == torrent.InfoHash.ToString() && s.IsComplete),
            () => "It is not seeded.");
    }

    private async Task<string> PortOf(int at)
    {
        using var client = TorrentClientChoice.TryParse(_running[at].Setting)!.Open();
        var port = await client.PeerPortAsync(Cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    private async Task Client(string program)
    {
        RealClients.Need(program);
        var running = await RunningClient.Start(program, _scratch.At($"client{_running.Count}"), Cancellation);
        _running.Add(running);
        _owners.Add(new ClientOwner(TorrentClientChoice.TryParse(running.Setting)!));
    }

    /// <summary>A device of its own fleet, with that client or the one that was started last.</summary>
    private async Task Node(int? at = null)
    {
        var setting = _running[at ?? _running.Count - 1].Setting;
        var node = await LiveNode.Start(
            _time,
            with: o => o with { TorrentClient = setting, DhtNodes = ["127.0.0.1:1"] },
            services: s => s.AddSingleton<LinkIsUp>(() => true)
                .AddSingleton<DhtWalk>((_, _) => Task.FromResult<IReadOnlyList<string>?>([.. _inDht])));
        _nodes.Add(node);
        await Eventually.True(() => node.Get<TorrentHost>().Client is not null, "No client.", node);
        await Say(node, new DeviceDeclared(
            $"nas {_nodes.Count}", DeviceClass.AlwaysOn, "home", Offsite: false, [], ["bt", "http"]));
    }
}
