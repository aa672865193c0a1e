using System.Net;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed partial class SeasonTests
{
    [Fact]
    public async Task The_one_that_runs_is_shown_though_a_later_one_was_stopped()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        var other = BeginAnother();
        var first = Detections.Begin(new DetectionRequest(_box.At(ThemedShow.Name(0)), false, [])).Job!;
        var second = Detections.Begin(new DetectionRequest(_box.At(ThemedShow.Name(1)), false, [])).Job!;
        Assert.True(Detections.Cancel(second.Id));
        await Eventually.True(
            () => Detections.Find(second.Id)!.State == DetectionState.Cancelled, "The second goes on.");
        Assert.Equal(first.Id, Desk.Look(Work, 1)!.Last!.Id);
        await Refused("undo", 409, "detection_running");
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("stop")).Status);
        await Eventually.True(() => !Desk.Look(Work, 1)!.IsRunning, "The first goes on.");
        Assert.True(Detections.Cancel(other.Id));
        await Eventually.True(() => Detections.Running().Count == 0, "The other goes on.");
    }

    [Fact]
    public async Task What_somebody_said_is_missed_no_more_and_once_all_is_known_there_is_nothing_to_begin()
    {
        await ThemedShow.MakeAsync(_box, 3);
        foreach (var (name, nth) in new[] { (ThemedShow.Name(3), 4), ("Salt and Wire S02E01.mkv", 5) })
        {
            await MediaPrograms.Tone(_box.At(name), 70 + nth, "-c:a", "libopus");
            _box.Age(_box.At(name), 10);
        }

        await _box.Look();
        await Open();
        // A flat folder: the other season's episode is none of this one's.
        var job = Detections.Begin(new DetectionRequest(Path.Combine(_box.Root, "films"), false, [])).Job!;
        await Over();
        Assert.Equal(5, Detections.Find(job.Id)!.Files.Count);
        Assert.Contains("An intro was found in 3 of 4 episodes.", await Page());
        var missed = Assert.Single(Desk.Look(Work, 1)!.Missed);
        Assert.Null(await _box.Node.Get<WatchDesk>().CorrectAsync(
            missed.File.File.Item, MarkerType.Intro, 0, (1_000, 16_000), Cancellation));
        // What is known of files is looked up anew once a detection is over.
        Assert.True(Detections.Cancel(Detections.Begin(
            new DetectionRequest(_box.At("Salt and Wire S02E01.mkv"), false, [])).Job!.Id));
        await Eventually.True(() => Detections.Running().Count == 0, "It goes on.");
        Assert.Empty(Desk.Look(Work, 1)!.Missed);
        var page = await Page();
        Assert.Contains("An intro is known of all 4 episodes that are here.", page);
        Assert.DoesNotContain("without one, and why", page);
    }

    [Fact]
    public async Task What_was_found_in_one_place_of_a_file_is_known_wherever_else_it_lies()
    {
        await ThemedShow.MakeAsync(_box, 3);
        var there = Directory.CreateDirectory(_box.At("zz")).FullName;
        for (var at = 0; at < 3; at++)
        {
            var copy = Path.Combine(there, ThemedShow.Name(at));
            File.Copy(_box.At(ThemedShow.Name(at)), copy);
            _box.Age(copy, 10);
        }

        await _box.Look();
        await Open();
        var job = Detections.Begin(new DetectionRequest(there, false, [])).Job!;
        await Eventually.True(() => Detections.Running().Count == 0, "It goes on.");
        Assert.Equal(DetectionState.Done, Detections.Find(job.Id)!.State);
        Assert.Equal((3, 3), (Desk.Look(Work, 1)!.Here.Count, Desk.Look(Work, 1)!.Known));
    }

    [Fact]
    public async Task All_is_taken_back_though_the_files_were_moved_and_listened_to_again()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        await Over();
        var folder = Directory.CreateDirectory(_box.At("Salt and Wire")).FullName;
        foreach (var at in new[] { 0, 1, 2 })
            File.Move(_box.At(ThemedShow.Name(at)), Path.Combine(folder, ThemedShow.Name(at)));
        await _box.Look();
        Assert.NotNull(Detections.Begin(new DetectionRequest(folder, false, [])).Job);
        await Over();
        Assert.NotEmpty(_box.Node.Get<PartRecords>().Of(NetApp.ThemeObserved));
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("undo")).Status);
        Assert.Empty(Own());
        Assert.Empty(_box.Node.Get<PartRecords>().Of(NetApp.ThemeObserved));
    }

    [Fact]
    public async Task A_coding_that_parts_have_no_word_for_is_named_by_the_API_as_on_the_page()
    {
        var path = _box.At("Boat (1999).webm");
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=5:d=20",
            "-f", "lavfi", "-i", "sine=d=20", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", path);
        _box.Age(path, 10);
        await _box.Look();
        await Open();
        _ = Detections.Begin(new DetectionRequest(path, true, []));
        await Eventually.True(() => Detections.Running().Count == 0, "It goes on.");
        var key = await MediaFile.OshKeyAsync(path, Cancellation);
        var known = await Get("net/merged?key=" + key);
        Assert.Equal("other", (string)known["quality"]!["probe"]!["vcodec"]!);
        Assert.Equal("vp8", (string)known["codec"]!);
        Assert.Contains("vp8", await _http.GetStringAsync("/net/key?key=" + key, Cancellation));
        File.Delete(path);
        Assert.Null((await Get("net/merged?key=" + key))["codec"]);
    }
}
