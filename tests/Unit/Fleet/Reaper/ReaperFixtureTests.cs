using System.Text.Json;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Words and torrents of real clients, as recorded by others.</summary>
public sealed class ReaperFixtureTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_state_of_qbittorrent_has_its_class()
    {
        var expected = new Dictionary<string, TorrentActivity>
        {
            ["error"] = TorrentActivity.Failed,
            ["missingFiles"] = TorrentActivity.Failed,
            ["stoppedDL"] = TorrentActivity.Paused,
            ["pausedDL"] = TorrentActivity.Paused,
            ["pausedUP"] = TorrentActivity.Paused,
            ["stoppedUP"] = TorrentActivity.Paused,
            ["queuedDL"] = TorrentActivity.Queued,
            ["queuedUP"] = TorrentActivity.Queued,
            ["checkingDL"] = TorrentActivity.Checking,
            ["checkingUP"] = TorrentActivity.Checking,
            ["checkingResumeData"] = TorrentActivity.Checking,
            ["uploading"] = TorrentActivity.Seeding,
            ["stalledUP"] = TorrentActivity.Seeding,
            ["forcedUP"] = TorrentActivity.Seeding,
            ["downloading"] = TorrentActivity.Fetching,
            ["stalledDL"] = TorrentActivity.Fetching,
            ["forcedDL"] = TorrentActivity.Fetching,
            ["metaDL"] = TorrentActivity.Metadata,
            ["forcedMetaDL"] = TorrentActivity.Metadata,
            ["moving"] = TorrentActivity.Moving,
            ["<unknown>"] = TorrentActivity.Unknown,
        };
        var recorded = Read("client_states.json").GetProperty("qbittorrent").EnumerateObject()
            .Select(s => s.Name).ToArray();
        output.WriteLine($"{recorded.Length} states of qBittorrent");
        Assert.Equal(21, recorded.Length);
        Assert.Equal(expected.Keys.Order(), recorded.Order());
        Assert.All(recorded, s => Assert.Equal(expected[s], ClientWords.OfQBittorrent(s)));
    }

    [Fact]
    public void Every_status_of_transmission_has_its_class()
    {
        var expected = new Dictionary<string, TorrentActivity>
        {
            ["stopped"] = TorrentActivity.Paused,
            ["check-wait"] = TorrentActivity.Checking,
            ["checking"] = TorrentActivity.Checking,
            ["queued"] = TorrentActivity.Queued,
            ["downloading"] = TorrentActivity.Fetching,
            ["seed-wait"] = TorrentActivity.Queued,
            ["seeding"] = TorrentActivity.Seeding,
        };
        var recorded = Read("client_states.json").GetProperty("transmission_status").EnumerateObject().ToArray();
        output.WriteLine($"{recorded.Length} statuses of Transmission");
        Assert.Equal(7, recorded.Length);
        foreach (var one in recorded)
        {
            var status = int.Parse(one.Name, null);
            Assert.Equal(expected[one.Value.GetString()!], ClientWords.OfTransmission(status, 0, true));
            // A tracker's error is judged by its message, the disk's is the client's own.
            Assert.Equal(expected[one.Value.GetString()!], ClientWords.OfTransmission(status, 2, true));
            Assert.Equal(TorrentActivity.Failed, ClientWords.OfTransmission(status, 3, true));
        }

        Assert.Equal(TorrentActivity.Metadata, ClientWords.OfTransmission(4, 0, hasMetadata: false));
        Assert.Equal(TorrentActivity.Unknown, ClientWords.OfTransmission(7, 0, true));
    }

    [Fact]
    public void Every_recorded_message_of_a_tracker_has_its_class()
    {
        var file = Read("tracker_messages.json");
        var seen = 0;
        Check("unregistered", TrackerWord.Unregistered);
        Check("unregistered_tracker_specific", TrackerWord.Unregistered);
        Check("never_delete", TrackerWord.OwnAccount, TrackerWord.Unclear);
        Check("tracker_down", TrackerWord.Down);
        output.WriteLine($"{seen} messages");
        Assert.Equal(49, seen);

        void Check(string list, params TrackerWord[] allowed)
        {
            foreach (var message in file.GetProperty(list).EnumerateArray().Select(m => m.GetString()!))
            {
                seen++;
                foreach (var spelled in new[] { message, message.ToLowerInvariant(), $"Error: {message}" })
                {
                    var word = TrackerWords.Of(spelled);
                    // Words that mean nothing beside others may be passed over there.
                    if (spelled.StartsWith("Error", StringComparison.Ordinal) && word == TrackerWord.None) continue;
                    Assert.True(allowed.Contains(word), $"{list}: {spelled} is {word}");
                }
            }
        }
    }

    [Theory]
    [InlineData("Unregistered torrent: passkey=0123456789abcdef0123456789abcdef", TrackerWord.OwnAccount)]
    [InlineData("Invalid PassKey! Torrent not found", TrackerWord.OwnAccount)]
    [InlineData("Unregistered: you have reached the client limit for this torrent", TrackerWord.OwnAccount)]
    [InlineData("unregistered (limit of 3 clients)", TrackerWord.OwnAccount)]
    [InlineData("Your client is banned", TrackerWord.None)]
    [InlineData("Host not found (authoritative)", TrackerWord.None)]
    [InlineData("You have downloaded too much", TrackerWord.None)]
    [InlineData("stream truncated", TrackerWord.Unclear)]
    [InlineData("This torrent is private", TrackerWord.None)]
    [InlineData("unsupported URL protocol", TrackerWord.None)]
    [InlineData("Deadline exceeded by another", TrackerWord.None)]
    [InlineData("", TrackerWord.None)]
    [InlineData(null, TrackerWord.None)]
    public void What_blames_the_account_is_never_unregistered(string? message, TrackerWord expected)
    {
        Assert.Equal(expected, TrackerWords.Of(message));
        Assert.Equal(expected == TrackerWord.Unregistered, Gates.NeedsHuman(TrackerWords.Of(message)));
    }

    [Fact]
    public void One_tracker_that_blames_the_account_outweighs_another_that_forgot_the_torrent()
    {
        Assert.Equal(
            TrackerWord.OwnAccount, TrackerWords.Of([TrackerWord.Unregistered, TrackerWord.OwnAccount]));
        Assert.Equal(TrackerWord.Unregistered, TrackerWords.Of([TrackerWord.Down, TrackerWord.Unregistered]));
        Assert.Equal(TrackerWord.None, TrackerWords.Of([]));
    }

    [Fact]
    public void Of_an_announce_url_the_host_is_kept_alone()
    {
        Assert.Equal("tracker1.example", TrackerHost.Of("https://tracker1.example/0123456789abcdef/announce"));
        Assert.Equal("tracker.example", TrackerHost.Of("udp://user:secret@Tracker.Example:6969/announce?passkey=1"));
        Assert.Null(TrackerHost.Of("/announce"));
        Assert.Null(TrackerHost.Of("** [DHT] **"));
        Assert.Null(TrackerHost.Of("file:///etc/passwd"));
        Assert.Null(TrackerHost.Of(null));
    }

    [Fact]
    public void No_removal_of_the_five_private_torrents_is_proposed_however_long_they_are_watched()
    {
        var torrents = Read("qbit_manage/qbit_api/torrents_info.json").EnumerateArray().Select(SampleOf).ToArray();
        Assert.Equal(5, torrents.Count(t => t.Privacy == Privacy.Yes));
        var proposals = 0;
        // As recorded, and again as if each had lost half of its bytes and its tracker had forgotten it.
        foreach (var torrent in torrents.Concat(torrents.Select(Ruined)))
        {
            var watched = new Watched(torrent.InfoHash) { Sample = torrent };
            var nowMs = watched.LookFor(Watched.Start, 24 * 7);
            var of = new LadderCase(torrent.InfoHash, watched.State, torrent.Privacy, true, true)
            {
                Gate = SourceGate.Open,
                HasFleetCopy = true,
                HasFriend = true,
                MayWalk = true,
                HasIndexer = true,
            };
            var memory = LadderMemory.Empty;
            for (var day = 0; day < 365; day++)
            {
                if (Ladder.Next(of, memory, nowMs + day * 24 * Watched.HourMs) is not { Rung: { } rung } step) continue;
                Assert.InRange(rung, Rung.CopyFromFleet, Rung.AskFriends);
                Assert.False(step.IsLive);
                proposals++;
                memory = memory.With(rung, nowMs + day * 24 * Watched.HourMs);
            }

            Assert.Equal(torrent.IsComplete ? HealthState.Healthy : HealthState.Dead, watched.State);
        }

        output.WriteLine($"5 private torrents in two conditions for a year: {proposals} copies, no removal");
    }

    private static TorrentSample Ruined(TorrentSample whole) => whole with
    {
        Activity = TorrentActivity.Fetching,
        DoneBytes = whole.SizeBytes / 2,
        Word = TrackerWord.Unregistered,
        AvailablePermille = 500,
        Seeds = 0,
    };

    private static TorrentSample SampleOf(JsonElement torrent) => new(
        torrent.GetProperty("hash").GetString()!,
        ClientWords.OfQBittorrent(torrent.GetProperty("state").GetString()),
        torrent.GetProperty("size").GetInt64() - torrent.GetProperty("amount_left").GetInt64(),
        torrent.GetProperty("size").GetInt64(),
        torrent.GetProperty("downloaded").GetInt64(),
        torrent.GetProperty("added_on").GetInt64() * 1000,
        Watched.Start)
    {
        Privacy = torrent.GetProperty("private").GetBoolean() ? Privacy.Yes : Privacy.No,
        IsLabelled = true,
        HasTracker = torrent.GetProperty("trackers_count").GetInt32() > 0,
        TrackerHost = TrackerHost.Of(torrent.GetProperty("tracker").GetString()),
        Seeds = torrent.GetProperty("num_complete").GetInt32(),
    };

    private static JsonElement Read(string name)
    {
        var path = Path.Combine(Checkout.Root, "../shared/data/fleet/reaper", name);
        if (!File.Exists(path)) Assert.Skip("SKIPPED: ../shared/data/fleet is not beside this checkout.");
        return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
    }
}
