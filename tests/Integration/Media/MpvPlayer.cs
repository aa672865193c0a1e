using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>mpv without picture, sound or the user's configuration, asked and told over its socket.</summary>
/// <remarks>It begins paused: then nothing moves its position but what is asked for, here or by its scripts.</remarks>
internal sealed class MpvPlayer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Socket _socket;
    private readonly StreamReader _answers;
    private int _asked;

    private MpvPlayer(Process process, Socket socket)
    {
        (_process, _socket) = (process, socket);
        _answers = new StreamReader(new NetworkStream(socket));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where mpv is absent; in CI that is a failure.</summary>
    public static void Need()
    {
        if (!File.Exists("/usr/bin/mpv")) MediaPrograms.Absent("mpv");
    }

    /// <summary>Opens a file, and waits until its first frame is there.</summary>
    /// <param name="place">Of the socket: a short path.</param>
    public static async Task<MpvPlayer> Open(string place, string script, string file)
    {
        var process = Process.Start(new ProcessStartInfo(
            "mpv",
            [
                "--no-config", "--vo=null", "--ao=null", "--pause", "--keep-open=no", "--idle=yes", "--no-terminal",
                "--load-scripts=no", "--ytdl=no", $"--script={script}", $"--input-ipc-server={place}", file,
            ]))!;
        try
        {
            await NodeAtWork.Eventually(() => Task.FromResult(File.Exists(place)), "mpv opens no socket.");
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(place), Cancellation);
            var player = new MpvPlayer(process, socket);
            await player.Until(player.IsReady, "The file does not open.");
            return player;
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Seconds; null before there is a frame, and after the end.</summary>
    public async Task<double?> Position() => (double?)await Get("time-pos");

    public async Task<JsonNode?> Get(string property) => (await Ask("get_property", property))["data"];

    /// <summary>One command; mpv's whole answer.</summary>
    public async Task<JsonNode> Ask(params string[] command)
    {
        var id = ++_asked;
        var question = new JsonObject
        {
            ["command"] = new JsonArray([.. command.Select(c => JsonValue.Create(c))]),
            ["request_id"] = id,
        };
        var line = System.Text.Encoding.UTF8.GetBytes(question.ToJsonString() + "\n");
        await _socket.SendAsync(line, Cancellation);
        while (true)
        {
            var answer = JsonNode.Parse(await _answers.ReadLineAsync(Cancellation) ?? throw new IOException("Gone."))!;
            if ((int?)answer["request_id"] == id) return answer;
        }
    }

    public async Task Seek(double seconds)
    {
        await Ask("seek", seconds.ToString(CultureInfo.InvariantCulture), "absolute+exact");
        await IsAt(seconds);
    }

    /// <summary>Waits for a position; a paused player has no other reason to be there than a script.</summary>
    public Task IsAt(double seconds) => Until(
        // While it seeks it names the place where it will be, and does not step.
        async () => await Position() is { } now && Math.Abs(now - seconds) < 0.05 && !(bool)(await Get("seeking"))!,
        $"It does not come to {seconds} s.");

    /// <summary>Opens a file anew.</summary>
    public async Task Reopen(string file)
    {
        await Ask("stop");
        await Until(async () => await Position() is null, "It does not stop.");
        await Ask("loadfile", file);
        await Until(IsReady, "The file does not open.");
    }

    /// <summary>A step that is asked for before the first frame is there is no step.</summary>
    private async Task<bool> IsReady() =>
        await Position() is not null && !(bool)(await Get("seeking"))! && (bool?)await Get("vo-configured") == true;

    /// <summary>One frame on, and only that.</summary>
    public async Task Step()
    {
        var before = await Position();
        await Ask("frame-step");
        await Until(async () => await Position() is { } now && now > before, "It does not move.");
    }

    public Task Until(Func<Task<bool>> condition, string what) => NodeAtWork.Eventually(condition, what);

    public async ValueTask DisposeAsync()
    {
        _answers.Dispose();
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
