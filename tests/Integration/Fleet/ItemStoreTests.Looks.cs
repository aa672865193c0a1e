using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <content>Looks that come between those of every quarter of an hour.</content>
public sealed partial class ItemStoreTests
{
    [Fact]
    public async Task Who_looks_for_news_makes_nothing_of_what_is_missing()
    {
        var items = await Hold(3);
        File.Delete(_box.At("0.mkv"));
        for (var look = 0; look < 3; look++)
            Assert.Equal(0, Assert.Single(await _box.Store.ScanAsync(Missing.Waits, Cancellation)).Gone);
        AssertNothingWent(3);
        await _box.Look();
        Assert.Equal(0, Assert.Single(await _box.Store.ScanAsync(Missing.Waits, Cancellation)).Gone);
        Assert.Equal(1, (await _box.Look()).Gone);
        Assert.Equal(items[0], _box.Told.Last().Item);
    }

    [Fact]
    public async Task What_was_just_written_waits_for_another_look_and_says_so()
    {
        _box.Put("old.mkv", Size, 0);
        await File.WriteAllBytesAsync(_box.At("new.mkv"), MediaBox.Bytes(Size, 1), Cancellation);
        var seen = await _box.Look();
        Assert.Equal((2, 1), (seen.Fresh, seen.Settling));
        Assert.Equal(1, _box.Store.PresentCount());
        Assert.Equal(0, (await _box.Look()).Settling);
        Assert.Equal(2, _box.Store.PresentCount());
    }
}
