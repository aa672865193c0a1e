using System.Net;
using System.Net.Sockets;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a torrent client sees of the connections that its node makes to it.</summary>
public sealed class ClientWireTests : IDisposable
{
    private static readonly byte[] Reserved = [0, 0, 0, 0, 0, 0x10, 0, 0x05];

    private readonly Hash160 _torrent = Hash160.Of("a file"u8);
    private readonly TcpListener _client = new(IPAddress.Loopback, 0);
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly ClientWire _wire;

    public ClientWireTests()
    {
        _wire = new ClientWire(_time);
        _client.Start();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_client.LocalEndpoint).Port;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Each_friend_calls_from_an_address_of_its_own_and_keeps_it_while_it_is_held()
    {
        using var a = _wire.Hold(Friend(1));
        using var b = _wire.Hold(Friend(2));
        Assert.Equal("127.0.0.2", await Calls(Friend(1)));
        Assert.Equal("127.0.0.3", await Calls(Friend(2)));
        var again = _wire.Hold(Friend(1))!;
        again.Dispose();
        again.Dispose();
        Assert.Equal("127.0.0.2", await Calls(Friend(1)));
        a!.Dispose();
        using var c = _wire.Hold(Friend(3));
        Assert.Equal("127.0.0.2", await Calls(Friend(3)));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _wire.OpenAsync(Port, Friend(1), Reserved, _torrent, Cancellation));
    }

    [Fact]
    public void There_are_so_many_addresses_and_no_more()
    {
        var held = Enumerable.Range(0, 252).Select(n => _wire.Hold(Friend(n))).ToList();
        Assert.All(held, Assert.NotNull);
        Assert.Null(_wire.Hold(Friend(252)));
        Assert.NotNull(_wire.Hold(Friend(7)));
        held[9]!.Dispose();
        Assert.NotNull(_wire.Hold(Friend(252)));
    }

    [Fact]
    public async Task What_the_client_can_do_is_asked_once_and_from_nobodys_address()
    {
        var answer = Answer(Reserved, _torrent);
        Assert.Equal(Reserved, await _wire.ReservedAsync(Port, _torrent, Cancellation));
        var (from, said) = await answer;
        Assert.Equal("127.0.0.254", from);
        Assert.Equal(new byte[8], WireHandshake.TryRead(said, _torrent));
        Assert.Equal(Reserved, await _wire.ReservedAsync(Port, _torrent, Cancellation));
        Assert.False(_client.Pending());
    }

    [Fact]
    public async Task A_client_that_closes_is_called_again_and_one_with_another_torrent_is_given_up()
    {
        using var held = _wire.Hold(Friend(1));
        var opening = _wire.OpenAsync(Port, Friend(1), Reserved, _torrent, Cancellation);
        for (var closed = 0; closed < 2; closed++)
        {
            using (await _client.AcceptSocketAsync(Cancellation)) { }

            await Eventually.True(Called, () => "It is not called again.");
        }

        _ = await Answer(Reserved, _torrent);
        await using (var open = await opening) Assert.NotNull(open);
        var other = _wire.OpenAsync(Port, Friend(1), Reserved, _torrent, Cancellation);
        while (!other.IsCompleted)
        {
            await Eventually.True(async () => other.IsCompleted || await Called(), () => "Neither.");
            if (!other.IsCompleted) await Answer(Reserved, Hash160.Of("another"u8));
        }

        Assert.Null(await other);

        Task<bool> Called()
        {
            _time.Skip(TimeSpan.FromSeconds(1));
            return Task.FromResult(_client.Pending());
        }
    }

    private static string Friend(int number) => $"friend {number}";

    private async Task<string> Calls(string friend)
    {
        var answer = Answer(Reserved, _torrent);
        await using var stream = await _wire.OpenAsync(Port, friend, Reserved, _torrent, Cancellation);
        Assert.NotNull(stream);
        var (from, said) = await answer;
        Assert.Equal(Reserved, WireHandshake.TryRead(said, _torrent));
        return from;
    }

    /// <summary>Takes a call as a client would; from where it came, and what it said.</summary>
    private async Task<(string From, byte[] Said)> Answer(byte[] reserved, Hash160 torrent)
    {
        using var call = await _client.AcceptSocketAsync(Cancellation);
        await using var stream = new NetworkStream(call);
        var said = new byte[WireHandshake.Bytes];
        await stream.ReadExactlyAsync(said, Cancellation);
        await stream.WriteAsync(WireHandshake.Write(reserved, torrent), Cancellation);
        return (((IPEndPoint)call.RemoteEndPoint!).Address.ToString(), said);
    }
}
