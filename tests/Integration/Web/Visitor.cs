using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>A browser as far as it matters here: it keeps cookies, fills forms, and shows where it was sent.</summary>
internal sealed class Visitor : IDisposable
{
    private const string FromHeader = "X-Test-From";

    private readonly HttpClient _http;

    public Visitor(WebNode node, string? from = null, string userAgent = "Mozilla/5.0 (X11; Linux) Firefox/140.0")
        : this(node.Address, from, userAgent)
    {
    }

    public Visitor(Uri node, string? from = null, string userAgent = "Mozilla/5.0 (X11; Linux) Firefox/140.0")
    {
        // Owned by the client.
#pragma warning disable CA2000
        var handler = new SocketsHttpHandler { UseCookies = true, AllowAutoRedirect = false };
#pragma warning restore CA2000
        Cookies = handler.CookieContainer;
        _http = new HttpClient(handler) { BaseAddress = node };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        if (from is not null) _http.DefaultRequestHeaders.Add(FromHeader, from);
    }

    /// <summary>A browser of another machine, which gets to the node by a proxy.</summary>
    public Visitor(RealProxy proxy, IPAddress from)
    {
        (_http, Cookies) = proxy.Client(from);
        // Browsers send it with each form, and the node must find its own name in it.
        _http.DefaultRequestHeaders.Add("Origin", proxy.Origin);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux) Firefox/140.0");
    }

    public CookieContainer Cookies { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Has a node believe that requests come from the address named in a header.</summary>
    public static void FromElsewhere(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IStartupFilter, Elsewhere>();

    public void Dispose() => _http.Dispose();

    /// <summary>Says this with everything it asks from now on.</summary>
    public void Say(string header, string value)
    {
        _http.DefaultRequestHeaders.Remove(header);
        Assert.True(_http.DefaultRequestHeaders.TryAddWithoutValidation(header, value));
    }

    public Task<Sight> SeeAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Opens a page and posts a form of it.</summary>
    public async Task<Sight> FillAsync(string page, string action, params (string Name, string Value)[] fields) =>
        await PostAsync(action, [("form_token", await TokenAsync(page)), .. fields]);

    /// <summary>Opens a page and posts a form of it that has a file.</summary>
    public async Task<Sight> SendFileAsync(
        string page, string action, byte[] file, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new StringContent(await TokenAsync(page)), "form_token" } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(file), "file", "node.backup");
        return await SendAsync(HttpMethod.Post, action, form);
    }

    public Task<Sight> PostAsync(string action, params (string Name, string Value)[] fields) => SendAsync(
        HttpMethod.Post, action,
        new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    /// <summary>Sets the first passphrase, by which this browser is signed in.</summary>
    public async Task BecomeOwnerAsync(string passphrase)
    {
        var sight = await FillAsync(
            "/settings/access", "/settings/access/passphrase", ("passphrase", passphrase), ("again", passphrase));
        Assert.Equal((303, "/settings/access"), (sight.Status, sight.Location));
    }

    public Task<Sight> SignInAsync(string passphrase, string to = "/") =>
        FillAsync("/sign-in", "/sign-in", ("passphrase", passphrase), ("to", to));

    private async Task<string> TokenAsync(string page) =>
        Regex.Match((await SeeAsync(page)).Text, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task<Sight> SendAsync(
        HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        if (answer.Content.Headers.ContentType?.MediaType == "text/html") AssertIdsAreUnique(path, text);
        return new Sight(
            (int)answer.StatusCode, answer.Headers.Location?.OriginalString, text,
            answer.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [], answer.Headers.RetryAfter?.Delta,
            answer.Headers.CacheControl?.ToString());
    }

    /// <summary>Labels, descriptions and live parts find their element by its id.</summary>
    private static void AssertIdsAreUnique(string path, string page)
    {
        var twice = Regex.Matches(page, "<[^<>]* id=\"([^\"]+)\"").GroupBy(id => id.Groups[1].Value)
            .Where(same => same.Count() > 1).Select(same => same.Key);
        Assert.True(!twice.Any(), $"{path} has more than one {string.Join(", ", twice)}.");
    }

    private sealed class Elsewhere : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                if (IPAddress.TryParse(context.Request.Headers[FromHeader], out var from))
                    context.Connection.RemoteIpAddress = from;
                return rest(context);
            });
            next(app);
        };
    }
}

/// <summary>What came of a request.</summary>
internal sealed record Sight(
    int Status, string? Location, string Text, string[] Set, TimeSpan? RetryAfter, string? CacheControl);
