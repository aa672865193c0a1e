using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A webhook made of a bare socket: it answers each request with the very bytes a test chooses.</summary>
internal sealed class Hook : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly Func<int, string?> _answer;
    private readonly Task _serving;
    private int _count;

    /// <param name="answer">By the request's number, from 1; null never answers.</param>
    public Hook(Func<int, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = $"http://{_listener.LocalEndpoint}/hook";
        _serving = ServeAsync();
    }

    public string Address { get; }

    public int Requests => _count;

    /// <summary>The next request as it came, headers and body.</summary>
    public async Task<string> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        return await _requests.Reader.ReadAsync(limit.Token);
    }

    public void Close() => _listener.Stop();

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                // Kept open where it is not answered: the other side has to give up.
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await AnswerAsync(client);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        var stream = client.GetStream();
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (!IsWhole(text.ToString()))
        {
            var read = await stream.ReadAsync(buffer, _end.Token);
            if (read == 0) return;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        var answer = _answer(Interlocked.Increment(ref _count));
        _requests.Writer.TryWrite(text.ToString());
        if (answer is null) return;
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _end.Token);
        }
        catch (IOException)
        {
            // It read no further, as it should.
        }

        client.Dispose();
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        const string name = "content-length:";
        var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        var length = text[(at + name.Length)..text.IndexOf("\r\n", at, StringComparison.Ordinal)];
        return text.Length - end - 4 >= int.Parse(length, CultureInfo.InvariantCulture);
    }
}
