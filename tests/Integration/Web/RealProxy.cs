using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Anarchive.Tests.Unit;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>
/// nginx or Caddy before a node, as docs/deployment.md sets them up, with ports and a certificate of the test's own.
/// </summary>
internal sealed partial class RealProxy : IDisposable
{
    public const string Name = "attic.example";

    private readonly TemporaryDirectory _files = new();
    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly X509Certificate2 _certificate;
    private Process? _process;

    private RealProxy()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        (_certificatePath, _keyPath) = (_files.At("own.pem"), _files.At("own.key"));
        File.WriteAllText(_certificatePath, _certificate.ExportCertificatePem());
        File.WriteAllText(_keyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public int Port { get; } = Loopback.FreePort();

    public string Origin => string.Create(CultureInfo.InvariantCulture, $"https://{Name}:{Port}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The proxy as it is documented.</summary>
    public static Task<RealProxy> StartAsync(string program, Uri node) =>
        StartAsync(program, node, Documented(program));

    /// <summary>nginx told nothing of callers, in the HTTP that is said: its own hangs on its version.</summary>
    public static Task<RealProxy> StartSilentAsync(Uri node, string http) => StartAsync(
        "nginx", node, Changed(
            Said().Replace(Documented("nginx"), ""),
            "proxy_pass http://127.0.0.1:7420;",
            $"proxy_pass http://127.0.0.1:7420;\nproxy_http_version {http};"));

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _certificate.Dispose();
        _files.Dispose();
    }

    /// <summary>A client that finds the proxy under its name, and has an address of its own to it.</summary>
    public (HttpClient Http, CookieContainer Cookies) Client(IPAddress from)
    {
        // Owned by the client.
#pragma warning disable CA2000
        var handler = Handler(from);
#pragma warning restore CA2000
        return (new HttpClient(handler) { BaseAddress = new Uri(Origin) }, handler.CookieContainer);
    }

    /// <summary>A socket of a page, with the cookies of its browser.</summary>
    public async Task<ClientWebSocket> OpenAsync(string path, CookieContainer cookies, string origin)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Origin", origin);
            using var handler = Handler(IPAddress.Loopback);
            handler.CookieContainer = cookies;
            using var http = new HttpMessageInvoker(handler, disposeHandler: false);
            var address = new UriBuilder(Origin + path) { Scheme = "wss" }.Uri;
            // What the client says of a refusal has its status.
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(address, http, Cancellation);
            return socket;
        }
        catch (WebSocketException)
        {
            return socket;
        }
    }

    private static async Task<RealProxy> StartAsync(string program, Uri node, string documented)
    {
        Assert.SkipUnless(
            Installed(program) is not null,
            $"SKIPPED: {(program == "nginx" ? "nginx-light" : program)} is not installed.");
        var proxy = new RealProxy();
        try
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Port}");
            var site = documented.Replace("127.0.0.1:7420", at, StringComparison.Ordinal);
            Assert.Contains(at, site);
            proxy._process = program == "nginx" ? proxy.Nginx(site) : proxy.Caddy(site);
            await proxy.ServesAsync();
            return proxy;
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    private static string? Installed(string program) =>
        new[] { "/usr/sbin/", "/usr/bin/" }.Select(at => at + program).FirstOrDefault(File.Exists);

    /// <summary>The example for the pages, which is the one that passes on to their port.</summary>
    private static string Documented(string program) => Fence().Matches(Checkout.Read("docs/deployment.md"))
        .Select(match => match.Groups[1].Value)
        .Single(text => text.Contains("127.0.0.1:7420", StringComparison.Ordinal)
            && text.Contains(program == "nginx" ? "proxy_pass" : "reverse_proxy", StringComparison.Ordinal));

    private Process Nginx(string site)
    {
        site = Changed(site, "listen 443 ssl;", $"listen 127.0.0.1:{Port} ssl;");
        site = Changed(site, "/etc/ssl/attic.example.pem", _certificatePath);
        site = Changed(site, "/etc/ssl/attic.example.key", _keyPath);
        var spool = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
            .Select(kind => $"{kind}_temp_path {_files.At(kind)};\n"));
        File.WriteAllText(
            _files.At("nginx.conf"),
            $"daemon off; master_process off; pid {_files.At("pid")}; error_log stderr;\n"
            + $"events {{}}\nhttp {{ access_log off;\n{spool}{site}\n}}\n");
        return Run("nginx", "-p", _files.At(""), "-e", "stderr", "-c", _files.At("nginx.conf"));
    }

    private Process Caddy(string site)
    {
        site = Changed(
            site, Name + " {", $"{Origin} {{\n    bind 127.0.0.1\n    tls {_certificatePath} {_keyPath}");
        File.WriteAllText(
            _files.At("Caddyfile"), "{\n    admin off\n    auto_https disable_redirects\n}\n" + site);
        return Run("caddy", "run", "--adapter", "caddyfile", "--config", _files.At("Caddyfile"));
    }

    private Process Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(Installed(program)!, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        info.Environment["HOME"] = _files.At("home");
        info.Environment["XDG_DATA_HOME"] = _files.At("data");
        info.Environment["XDG_CONFIG_HOME"] = _files.At("config");
        return Process.Start(info)!;
    }

    private async Task ServesAsync()
    {
        var said = _process!.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        for (var tries = 0; ; tries++)
        {
            if (_process.HasExited) Assert.Fail("The proxy ended: " + await said);
            Assert.True(tries < 300, "The proxy does not listen.");
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, Cancellation);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, Cancellation);
            }
        }
    }

    private SocketsHttpHandler Handler(IPAddress from) => new()
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.GetCertHashString() == _certificate.GetCertHashString(),
        },
    };

    private static string Changed(string text, string old, string with)
    {
        Assert.Contains(old, text);
        return text.Replace(old, with, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```\\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^ *proxy_(set_header|http_version).*\\n", RegexOptions.Multiline)]
    private static partial Regex Said();
}
