using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class BlobShelfTests : IDisposable
{
    private static readonly DiskRoom Plenty = new(100L << 30, 200L << 30);

    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new();

    private DiskRoom _room = Plenty;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Part => Path.Combine(_scratch.At("blobs"), _content.Ih + ".part");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_file_has_its_name_only_when_all_of_it_was_checked()
    {
        using var shelf = Open();
        using (var draft = (await shelf.BeginAsync(_content.Metainfo, Cancellation))!)
        {
            for (var piece = 0; piece < _content.Metainfo.PieceCount; piece++)
            {
                Assert.Null(shelf.PathOf(_content.Ih));
                Assert.True(draft.Take(piece, _content.Piece(piece).Span));
                Assert.Equal(_content.Piece(piece), await shelf.ReadAsync(_content.Metainfo, piece, Cancellation));
            }

            await draft.FinishAsync(_content.Sha256, Cancellation);
        }

        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(shelf.PathOf(_content.Ih)!, Cancellation));
        Assert.False(File.Exists(Part));
        Assert.Null(await shelf.BeginAsync(_content.Metainfo, Cancellation));
        using var again = Open();
        Assert.Equal(_content.Metainfo.Bare(), Assert.Single(again.Known).Bare());
        Assert.NotNull(again.PathOf(_content.Ih));
        await again.DropAsync(_content.Ih, Cancellation);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.At("blobs")));
    }

    [Fact]
    public async Task Of_a_part_that_a_dead_process_left_only_right_pieces_are_believed()
    {
        var left = _content.Bytes[..(3 * _content.Metainfo.PieceLength + 10)];
        left[_content.Metainfo.PieceLength + 5] ^= 1;
        using var shelf = Open();
        await File.WriteAllBytesAsync(Part, left, Cancellation);
        using var draft = (await shelf.BeginAsync(_content.Metainfo, Cancellation))!;
        Assert.Equal([true, false, true, false, false], Enumerable.Range(0, 5).Select(draft.Have.Has));
        Assert.Equal(_content.Bytes.Length - 2 * _content.Metainfo.PieceLength, draft.MissingBytes);
    }

    [Fact]
    public async Task A_piece_with_a_wrong_byte_or_of_another_place_is_not_written()
    {
        using var shelf = Open();
        using var draft = (await shelf.BeginAsync(_content.Metainfo, Cancellation))!;
        var bent = _content.Piece(0).ToArray();
        bent[^1] ^= 1;
        Assert.False(draft.Take(0, bent));
        Assert.False(draft.Take(0, _content.Piece(1).Span));
        Assert.False(draft.Take(0, _content.Piece(0).Span[1..]));
        Assert.False(draft.Take(0, []));
        Assert.Equal((0, 0L), (draft.Have.Held, new FileInfo(Part).Length));
        await Assert.ThrowsAsync<InvalidOperationException>(() => draft.FinishAsync(null, Cancellation));
    }

    [Fact]
    public async Task Right_pieces_of_a_file_with_another_sha256_are_dropped()
    {
        using var shelf = Open();
        var path = await _content.Save(_scratch.At("file"), Cancellation);
        var refused = await Assert.ThrowsAsync<CarrierException>(
            () => shelf.PutAsync(_content.Metainfo, path, new Content(seed: 2).Sha256, Cancellation));
        Assert.Equal("blob_mismatch", refused.Code);
        Assert.Equal((null, false), (shelf.PathOf(_content.Ih), File.Exists(Part)));
        // It may come again from somebody who says what it really is.
        await shelf.PutAsync(_content.Metainfo, path, _content.Sha256, Cancellation);
        Assert.NotNull(shelf.PathOf(_content.Ih));
    }

    [Fact]
    public async Task A_file_that_is_not_as_described_is_not_taken_over()
    {
        using var shelf = Open();
        var path = await new Content(seed: 2).Save(_scratch.At("file"), Cancellation);
        var refused = await Assert.ThrowsAsync<CarrierException>(
            () => shelf.PutAsync(_content.Metainfo, path, null, Cancellation));
        Assert.Equal("blob_mismatch", refused.Code);
        Assert.Null(shelf.PathOf(_content.Ih));
    }

    [Fact]
    public async Task A_tenth_of_the_disk_stays_free()
    {
        using var shelf = Open();
        _room = new DiskRoom(100_000_000 + _content.Bytes.Length - 1, 1_000_000_000);
        var refused = await Assert.ThrowsAsync<CarrierException>(
            () => shelf.BeginAsync(_content.Metainfo, Cancellation));
        Assert.Equal("no_room", refused.Code);
        _room = _room with { FreeBytes = _room.FreeBytes + 1 };
        using var draft = await shelf.BeginAsync(_content.Metainfo, Cancellation);
        Assert.NotNull(draft);
    }

    [Fact]
    public async Task A_second_draft_of_a_file_waits_for_the_first()
    {
        using var shelf = Open();
        var first = (await shelf.BeginAsync(_content.Metainfo, Cancellation))!;
        var second = shelf.BeginAsync(_content.Metainfo, Cancellation);
        Assert.False(second.IsCompleted);
        first.Take(0, _content.Piece(0).Span);
        first.Dispose();
        using var draft = (await second)!;
        Assert.True(draft.Have.Has(0));
    }

    [Fact]
    public void A_description_under_another_name_or_bent_is_passed_over()
    {
        Directory.CreateDirectory(_scratch.At("blobs"), UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute);
        var other = new Content(seed: 2);
        File.WriteAllBytes(Path.Combine(_scratch.At("blobs"), other.Ih + ".torrent"), _content.Metainfo.Bare());
        File.WriteAllBytes(Path.Combine(_scratch.At("blobs"), _content.Ih + ".torrent"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(_scratch.At("blobs"), "notes.torrent"), _content.Metainfo.Bare());
        using var shelf = Open();
        Assert.Empty(shelf.Known);
    }

    private BlobShelf Open() => new(_scratch.At("blobs"), _ => _room);
}
