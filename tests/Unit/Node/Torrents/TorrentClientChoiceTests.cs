using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class TorrentClientChoiceTests
{
    [Theory]
    [InlineData("transmission+http://127.0.0.1:9091", "http://127.0.0.1:9091/transmission/rpc", null, null)]
    [InlineData("transmission+http://u:p%40@localhost:9/x", "http://localhost:9/x", "u", "p@")]
    [InlineData("qbittorrent+http://admin:a:b@[::1]:8080", "http://[::1]:8080/", "admin", "a:b")]
    [InlineData("aria2+http://:secret@127.0.0.1:6800", "http://127.0.0.1:6800/jsonrpc", "", "secret")]
    public void An_address_names_a_client_of_this_machine(string text, string url, string? user, string? password)
    {
        var choice = TorrentClientChoice.TryParse(text)!;
        Assert.Equal((false, new Uri(url)), (choice.IsOwn, choice.Address));
        Assert.Equal((user, password), (choice.User, choice.Password));
        using var client = choice.Open();
    }

    [Fact]
    public void A_bare_name_is_a_client_to_be_started()
    {
        Assert.True(TorrentClientChoice.TryParse("transmission")!.IsOwn);
        Assert.Throws<InvalidOperationException>(() => TorrentClientChoice.TryParse("transmission")!.Open());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("qbittorrent")]
    [InlineData("deluge+http://127.0.0.1:1")]
    [InlineData("transmission+http://192.168.1.7:9091")]
    [InlineData("transmission+https://127.0.0.1:9091")]
    [InlineData("transmission+http://127.0.0.1:9091/?a=b")]
    [InlineData("transmission+")]
    [InlineData("http://127.0.0.1:9091")]
    public void Anything_else_is_refused(string? text) => Assert.Null(TorrentClientChoice.TryParse(text));
}
