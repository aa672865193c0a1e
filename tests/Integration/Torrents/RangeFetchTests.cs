using System.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Files from sources that lie, stall, fail and lack pieces.</summary>
public sealed class RangeFetchTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new(5 * 1024 * 1024 + 5);
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly Carrier _carrier;

    public RangeFetchTests() => _carrier = new Carrier(_scratch.At("blobs"), _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _carrier.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Several_sources_give_a_share_each_and_four_pieces_at_once()
    {
        var (a, b) = (Source(1), Source(2));
        // Neither gives anything before both were asked for four pieces.
        var asked = new TaskCompletionSource();
        a.Bend = b.Bend = async (_, bytes, cancellation) =>
        {
            if (a.AtOnce + b.AtOnce == 2 * RangeFetch.RequestsPerSource) asked.TrySetResult();
            await asked.Task.WaitAsync(cancellation);
            return bytes;
        };
        var seen = new Reports();
        await Fetch(seen, a, b);
        await IsWhole();
        Assert.All([a, b], s => Assert.Equal(RangeFetch.RequestsPerSource, s.AtOnce));
        Assert.Equal(0, seen.Pieces.First());
        Assert.Equal(_content.Metainfo.PieceCount, seen.Pieces.Max());
        Assert.Equal(_content.Bytes.Length, seen.Bytes.Max());
    }

    [Fact]
    public async Task A_source_with_wrong_pieces_is_left_for_an_hour_and_the_transfer_finishes()
    {
        var (good, bad) = (Source(1), Source(2));
        bad.Bend = (_, bytes, _) =>
        {
            bytes[7] ^= 1;
            return Task.FromResult(bytes);
        };
        await Fetch(null, bad, good);
        await IsWhole();
        Assert.True(_carrier.Bans.IsBanned(bad.Node));
        Assert.False(_carrier.Bans.IsBanned(good.Node));
        Assert.InRange(bad.Asked.Count, 1, RangeFetch.RequestsPerSource);
        var before = (bad.Asked.Count, bad.HaveAsked);
        await _carrier.Shelf.DropAsync(_content.Ih, Cancellation);
        await Refused("no_source", _content, bad);
        Assert.Equal(before, (bad.Asked.Count, bad.HaveAsked));
        Assert.Equal(
            "no_source",
            (await Assert.ThrowsAsync<CarrierException>(
                () => _carrier.Fetch.PieceAsync(_content.Metainfo, 0, [bad.Source], Cancellation))).Code);
    }

    [Fact]
    public async Task What_a_stalled_source_holds_comes_from_another()
    {
        var (good, silent) = (Source(1), Source(2));
        silent.Bend = async (_, bytes, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return bytes;
        };
        await Fetch(null, silent, good);
        await IsWhole();
        using var impatient = _carrier.Fetching(TimeSpan.FromMilliseconds(100));
        await _carrier.Shelf.DropAsync(_content.Ih, Cancellation);
        var before = silent.Asked.Count;
        // Twice the stall that sources have otherwise is far beyond this.
        await Assert.ThrowsAsync<CarrierException>(() => impatient.FetchAsync(
            _content.Metainfo, null, [silent.Source], null, Cancellation).WaitAsync(
            TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal(before + 2 * RangeFetch.RequestsPerSource, silent.Asked.Count);
        Assert.False(_carrier.Bans.IsBanned(silent.Node));
    }

    [Fact]
    public async Task Sources_that_each_lack_something_make_a_whole_together()
    {
        var (a, b) = (Source(1), Source(2));
        (a.Have, b.Have) = (Some(piece => piece % 2 == 0), Some(piece => piece % 2 == 1));
        await Fetch(null, a, b);
        await IsWhole();
        Assert.All(a.Asked, piece => Assert.Equal(0, piece % 2));
    }

    [Fact]
    public async Task A_piece_that_nobody_has_ends_the_fetch_and_the_rest_stays()
    {
        var a = Source(1);
        a.Have = Some(piece => piece != 3);
        await Refused("no_source", _content, a);
        Assert.Null(_carrier.Shelf.PathOf(_content.Ih));
        a.Have = PieceSet.Whole(_content.Metainfo.PieceCount);
        var before = a.Asked.Count;
        await Fetch(null, a);
        await IsWhole();
        Assert.Equal([3], a.Asked.Skip(before));
    }

    [Fact]
    public async Task A_failing_source_is_tried_again_once()
    {
        var (good, failing) = (Source(1), Source(2));
        failing.Status = _ => HttpStatusCode.InternalServerError;
        good.Have = Some(piece => piece != 0);
        await Refused("no_source", _content, failing, good);
        Assert.Equal(2, failing.HaveAsked);
        Assert.False(_carrier.Bans.IsBanned(failing.Node));
    }

    [Fact]
    public async Task A_busy_source_is_waited_for()
    {
        // More than two rounds of failures would be, after which it would be asked no more.
        const int Refusals = 12;
        Assert.InRange(Refusals, 2 * RangeFetch.RequestsPerSource + 1, 100);
        var busy = Source(1);
        var refusals = Refusals;
        busy.Status = _ => Interlocked.Decrement(ref refusals) >= 0
            ? HttpStatusCode.TooManyRequests
            : HttpStatusCode.PartialContent;
        var fetch = Fetch(null, busy);
        // Time passes as soon as it is waited for.
        await Eventually.True(
            () =>
            {
                _time.Skip(BentSource.RetryAfter);
                return Task.FromResult(fetch.IsCompleted);
            },
            () => "Still waiting.");
        await fetch;
        await IsWhole();
        Assert.Equal(_content.Metainfo.PieceCount + Refusals, busy.Asked.Count);
    }

    [Fact]
    public async Task A_piece_that_was_refused_is_not_given_back_again_once_another_request_has_it()
    {
        var busy = Source(1);
        var gates = Enumerable.Range(0, _content.Metainfo.PieceCount).Select(_ => new TaskCompletionSource()).ToArray();
        var refusals = 1;
        busy.Status = piece => piece == 0 && Interlocked.Decrement(ref refusals) >= 0
            ? HttpStatusCode.TooManyRequests
            : HttpStatusCode.PartialContent;
        busy.Bend = async (piece, bytes, cancellation) =>
        {
            await gates[piece].Task.WaitAsync(cancellation);
            return bytes;
        };
        var fetch = Fetch(null, busy);
        // Until another request has the piece that was refused to the first one, which waits.
        var open = 1;
        await Eventually.True(
            () =>
            {
                var isTaken = busy.Asked.Count(piece => piece == 0) >= 2;
                if (!isTaken && busy.Asked.Count >= RangeFetch.RequestsPerSource) gates[open++].SetResult();
                return isTaken;
            },
            "Nobody takes the first piece.");
        var before = busy.Asked.Count;
        await Eventually.True(
            () =>
            {
                _time.Skip(BentSource.RetryAfter);
                return Task.FromResult(busy.Asked.Count > before);
            },
            () => "The first request still waits.");
        foreach (var gate in gates) gate.TrySetResult();
        await fetch;
        await IsWhole();
        Assert.Equal(_content.Metainfo.PieceCount + 1, busy.Asked.Count);
    }

    [Fact]
    public async Task A_fetch_that_is_stopped_keeps_what_came()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var a = Source(1);
        a.Bend = async (piece, bytes, _) =>
        {
            if (piece == 9) await stop.CancelAsync();
            return bytes;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _carrier.Fetch.FetchAsync(_content.Metainfo, _content.Sha256, [a.Source], null, stop.Token));
        using (var draft = (await _carrier.Shelf.BeginAsync(_content.Metainfo, Cancellation))!)
            Assert.InRange(draft.Have.Held, 5, 20);
        await Fetch(null, Source(2));
        await IsWhole();
    }

    [Fact]
    public async Task Right_pieces_of_a_file_nobody_vouched_for_are_dropped()
    {
        var refused = await Assert.ThrowsAsync<CarrierException>(() => _carrier.Fetch.FetchAsync(
            _content.Metainfo, new Content(seed: 3).Sha256, [Source(1).Source], null, Cancellation));
        Assert.Equal("blob_mismatch", refused.Code);
        Assert.Null(_carrier.Shelf.PathOf(_content.Ih));
    }

    private BentSource Source(byte id) => new(_content, id);

    private PieceSet Some(Func<int, bool> wanted)
    {
        var some = new PieceSet(_content.Metainfo.PieceCount);
        for (var piece = 0; piece < some.Count; piece++)
            if (wanted(piece)) some.Add(piece);
        return some;
    }

    private Task Fetch(IProgress<FetchProgress>? progress, params BentSource[] sources) => _carrier.Fetch.FetchAsync(
        _content.Metainfo, _content.Sha256, [.. sources.Select(s => s.Source)], progress, Cancellation);

    private async Task Refused(string code, Content what, params BentSource[] sources)
    {
        var refused = await Assert.ThrowsAsync<CarrierException>(() => _carrier.Fetch.FetchAsync(
            what.Metainfo, what.Sha256, [.. sources.Select(s => s.Source)], null, Cancellation));
        Assert.Equal(code, refused.Code);
    }

    private async Task IsWhole() =>
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(_carrier.Shelf.PathOf(_content.Ih)!, Cancellation));

    private sealed class Reports : IProgress<FetchProgress>
    {
        private readonly List<FetchProgress> _all = [];

        public IEnumerable<int> Pieces => _all.Select(p => p.Pieces);

        public IEnumerable<long> Bytes => _all.Select(p => p.Bytes);

        public void Report(FetchProgress value)
        {
            lock (_all) _all.Add(value);
        }
    }
}
