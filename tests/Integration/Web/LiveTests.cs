using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The JSON socket of a real node.</summary>
public sealed class LiveTests : IAsyncLifetime
{
    private WebNode? _node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private WebNode Node => _node ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync() => _node = await WebNode.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_viewer_that_comes_back_is_told_what_it_missed_and_nothing_twice()
    {
        string database, first;
        long arrival;
        using (var socket = await FollowAsync("""{"follow":"hive:cats"}"""))
        {
            Assert.Equal("following", Text(await ReadAsync(socket), "kind"));
            first = await Node.PostAsync("first");
            var told = await ReadAsync(socket);
            Assert.Equal(("hive:cats", first), (Text(told, "channel"), Text(told, "id")));
            (database, arrival) = (Text(told, "database"), told.GetProperty("arrival").GetInt64());
        }

        var missed = await Node.PostAsync("missed");
        var wish = $$"""{"follow":"hive:cats","database":"{{database}}","arrival":{{arrival}}}""";
        using var again = await FollowAsync(wish);
        var following = await ReadAsync(again);
        Assert.Equal(("following", arrival), (Text(following, "kind"), following.GetProperty("arrival").GetInt64()));
        Assert.Equal(missed, Text(await ReadAsync(again), "id"));
        var next = await Node.PostAsync("next");
        Assert.Equal(next, Text(await ReadAsync(again), "id"));
    }

    [Fact]
    public async Task A_post_is_followed_with_its_replies_and_without_its_neighbours()
    {
        var post = await Node.PostAsync("followed");
        using var socket = await FollowAsync($$"""{"follow":"post:{{post}}"}""");
        Assert.Equal("following", Text(await ReadAsync(socket), "kind"));
        await Node.PostAsync("a neighbour");
        var reply = await Node.AskAsync(
            "POST", $"/api/v1/posts/{post}/comments", """{"content":"a reply"}""", Node.Token);
        var told = await ReadAsync(socket);
        Assert.Equal(Text(reply.Json, "id"), Text(told, "id"));
        Assert.Equal(post, told.GetProperty("refs")[0].GetString());
    }

    [Theory]
    [InlineData("""{"follow":"hive:cats","database":"another","arrival":1}""")]
    [InlineData("""{"follow":"hive:cats","arrival":999999}""")]
    public async Task A_place_this_database_does_not_know_starts_anew(string wish)
    {
        using var socket = await FollowAsync(wish);
        Assert.Equal("reset", Text(await ReadAsync(socket), "kind"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"follow\":")]
    [InlineData("""{"follow":"hive:dogs"}""")]
    [InlineData("""{"follow":"post:none-1"}""")]
    [InlineData("""{"follow":"cats"}""")]
    [InlineData("""{"follow":"hive:cats","bogus":1}""")]
    public async Task A_wish_that_cannot_be_met_ends_the_socket(string wish)
    {
        using var socket = await FollowAsync(wish);
        var answer = await socket.ReceiveAsync(new byte[64], Cancellation);
        Assert.Equal(WebSocketMessageType.Close, answer.MessageType);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "bad_frame"),
            (answer.CloseStatus, answer.CloseStatusDescription));
    }

    [Fact]
    public async Task Another_sites_page_gets_no_socket()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(), Cancellation));
    }

    private static string Text(JsonElement frame, string name) => frame.GetProperty(name).GetString()!;

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        var frame = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Equal(WebSocketMessageType.Text, frame.MessageType);
        return JsonDocument.Parse(buffer.AsMemory(0, frame.Count)).RootElement;
    }

    private async Task<ClientWebSocket> FollowAsync(string wish)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(), Cancellation);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(wish), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        return socket;
    }

    private Uri Address() => new UriBuilder(Node.Address) { Scheme = "ws", Path = "/ws" }.Uri;
}
