using System.Net;
using System.Net.Sockets;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class DialGuardTests
{
    private static readonly IPAddress Public = IPAddress.Parse("93.184.215.14");
    private static readonly IPAddress Private = IPAddress.Parse("192.168.1.1");

    private readonly List<IPEndPoint> _dialled = [];
    private int _asked;

    public static TheoryData<string> Forbidden => [.. ForbiddenHosts.All];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task A_forbidden_address_is_not_dialled_in_any_spelling(string host)
    {
        // Names of this machine and numbers in strange clothes: a system's resolver leads all of them home.
        var guard = Guard(IPAddress.Loopback, Private, IPAddress.Any, Private.MapToIPv6());
        await Refused(guard, DialScope.Learned, host);
        foreach (var scheme in new[] { "http", "https" })
        {
            var literal = host.Contains(':') && host[0] != '[' ? $"[{host}]" : host;
            if (Endpoint.TryParse($"{scheme}://{literal}:7421") is { } endpoint)
                await Refused(guard, DialScope.Learned, endpoint.Address.IdnHost);
        }

        Assert.Empty(_dialled);
    }

    [Fact]
    public void There_are_at_least_sixty_spellings() =>
        Assert.True(ForbiddenHosts.All.Distinct().Count() >= 60, $"{ForbiddenHosts.All.Distinct().Count()}");

    [Fact]
    public async Task A_name_is_resolved_once_and_what_was_judged_is_dialled()
    {
        // The second answer would lead inside.
        var guard = new DialGuard(
            (_, _) => Task.FromResult<IPAddress[]>(_asked++ == 0 ? [Public] : [Private]), Dial, TimeProvider.System);
        await Connect(guard, DialScope.Learned, "rebinding.example.org");
        Assert.Equal(new IPEndPoint(Public, 7421), Assert.Single(_dialled));
        Assert.Equal(1, _asked);
        await Refused(guard, DialScope.Learned, "rebinding.example.org");
        Assert.Single(_dialled);
    }

    [Fact]
    public async Task Of_a_mixed_answer_only_the_public_part_is_dialled()
    {
        await Connect(Guard(Private, Public, IPAddress.Loopback), DialScope.Learned, "mixed.example.org");
        Assert.Equal(new IPEndPoint(Public, 7421), Assert.Single(_dialled));
    }

    [Fact]
    public async Task A_forbidden_address_is_no_fallback_for_a_public_one_that_is_away()
    {
        var guard = new DialGuard(
            (_, _) => Task.FromResult<IPAddress[]>([Public, Private]),
            (target, _) =>
            {
                _dialled.Add(target);
                throw new SocketException((int)SocketError.ConnectionRefused);
            },
            TimeProvider.System);
        await Assert.ThrowsAsync<SocketException>(
            async () => await Connect(guard, DialScope.Learned, "mixed.example.org"));
        Assert.Equal(Public, Assert.Single(_dialled).Address);
    }

    [Fact]
    public async Task An_answer_of_many_addresses_holds_nobody_up_for_long()
    {
        var guard = new DialGuard(
            (_, _) => Task.FromResult(Enumerable.Repeat(Public, 1_000).ToArray()),
            (target, _) =>
            {
                _dialled.Add(target);
                throw new SocketException((int)SocketError.HostUnreachable);
            },
            TimeProvider.System);
        await Assert.ThrowsAsync<SocketException>(
            async () => await Connect(guard, DialScope.Learned, "many.example.org"));
        Assert.Equal(4, _dialled.Count);
    }

    [Fact]
    public async Task A_silent_address_leaves_the_next_its_time()
    {
        var other = IPAddress.Parse("93.184.215.15");
        var guard = new DialGuard(
            (_, _) => Task.FromResult<IPAddress[]>([Public, other]),
            async (target, cancellation) =>
            {
                _dialled.Add(target);
                // Only the guard's own patience ends the first.
                if (target.Address.Equals(Public)) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return Stream.Null;
            },
            new HastyTime());
        await Connect(guard, DialScope.Learned, "silent.example.org");
        Assert.Equal([Public, other], _dialled.Select(d => d.Address));
    }

    [Theory]
    [InlineData("192.168.1.20")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[fd00::1]")]
    [InlineData("nas.home.arpa")]
    [InlineData("nas")]
    public async Task An_address_the_owner_typed_may_be_private(string host)
    {
        await Connect(Guard(Private), DialScope.Typed, host);
        Assert.Single(_dialled);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("nas.")]
    [InlineData("user@nas")]
    public async Task Even_typed_it_has_to_name_one_node_in_one_spelling(string host)
    {
        await Refused(Guard(Private), DialScope.Typed, host);
        Assert.Empty(_dialled);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public async Task This_machine_is_reached_by_its_own_addresses(string host)
    {
        await Connect(Guard(Public), DialScope.ThisMachine, host);
        Assert.True(IPAddress.IsLoopback(Assert.Single(_dialled).Address));
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("93.184.215.14")]
    [InlineData("192.168.1.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("localhost.")]
    public async Task No_other_machine_passes_for_this_one(string host)
    {
        await Refused(Guard(IPAddress.Loopback), DialScope.ThisMachine, host);
        Assert.Empty(_dialled);
        Assert.Equal(0, _asked);
    }

    private DialGuard Guard(params IPAddress[] answer) => new(
        (_, _) =>
        {
            _asked++;
            return Task.FromResult(answer);
        },
        Dial,
        TimeProvider.System);

    private ValueTask<Stream> Dial(IPEndPoint target, CancellationToken cancellation)
    {
        _dialled.Add(target);
        return ValueTask.FromResult(Stream.Null);
    }

    private static async Task Connect(DialGuard guard, DialScope scope, string host) =>
        await guard.ConnectAsync(scope, new DnsEndPoint(host, 7421), TestContext.Current.CancellationToken);

    private static Task<DialRefusedException> Refused(DialGuard guard, DialScope scope, string host) =>
        Assert.ThrowsAsync<DialRefusedException>(async () => await Connect(guard, scope, host));

    /// <summary>Every wait is over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
