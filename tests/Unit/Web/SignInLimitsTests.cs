using System.Net;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>How often an address may try a passphrase.</summary>
public sealed class SignInLimitsTests
{
    private readonly Clock _clock = new();
    private readonly SignInLimits _limits;

    public SignInLimitsTests() => _limits = new SignInLimits(_clock);

    [Fact]
    public void A_few_attempts_come_at_once_and_then_one_each_half_minute()
    {
        var from = IPAddress.Parse("198.51.100.7");
        Spend(from);
        Assert.Equal(TimeSpan.FromSeconds(30), _limits.TryTake(from));
        _clock.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(20, _limits.TryTake(from)!.Value.TotalSeconds, 3);
        _clock.Pass(TimeSpan.FromSeconds(20));
        Assert.Null(_limits.TryTake(from));
        Assert.NotNull(_limits.TryTake(from));
    }

    [Fact]
    public void The_right_passphrase_forgives_and_other_addresses_are_not_held_up()
    {
        var from = IPAddress.Parse("198.51.100.7");
        Spend(from);
        Assert.Null(_limits.TryTake(IPAddress.Parse("198.51.100.8")));
        Assert.NotNull(_limits.TryTake(from.MapToIPv6()));
        _limits.Forgive(from);
        Assert.Null(_limits.TryTake(from));
    }

    [Fact]
    public void Whoever_has_a_prefix_of_sixty_four_bits_has_no_more_attempts_by_it()
    {
        Spend(IPAddress.Parse("2001:db8:0:1::1"));
        Assert.NotNull(_limits.TryTake(IPAddress.Parse("2001:db8:0:1:ffff::2")));
        Assert.Null(_limits.TryTake(IPAddress.Parse("2001:db8:0:2::1")));
    }

    [Fact]
    public void Many_addresses_make_nobody_forgotten_who_tried_most()
    {
        var worst = IPAddress.Parse("198.51.100.7");
        Spend(worst);
        for (var i = 0; i < 20_000; i++)
            Assert.Null(_limits.TryTake(new IPAddress([10, 0, (byte)(i >> 8), (byte)i])));
        Assert.NotNull(_limits.TryTake(worst));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome on iPad")]
    [InlineData("<script>alert(1)</script>", "A browser")]
    [InlineData("", "A browser")]
    [InlineData(null, "A browser")]
    public void A_browser_is_named_in_words_of_ours_alone(string? said, string name) =>
        Assert.Equal(name, BrowserName.Of(said));

    private void Spend(IPAddress from)
    {
        for (var i = 0; i < SignInLimits.Burst; i++) Assert.Null(_limits.TryTake(from));
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
