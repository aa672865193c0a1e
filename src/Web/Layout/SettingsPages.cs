using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The owner's name and this browser's preferences.</summary>
internal static class SettingsPages
{
    public static void MapSettingsPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/settings", (AgentRegistry agents, LogWriter writer, CancellationToken cancellation) =>
            ShowAsync(agents, writer, null, null, cancellation));
        pages.MapPost("/settings/name", RenameAsync);
        pages.MapPost("/settings/look", LookAsync);
        pages.MapPost("/settings/compact", CompactAsync);
    }

    private static async Task<IResult> ShowAsync(
        AgentRegistry agents, LogWriter writer, Problem? problem, string? sent, CancellationToken cancellation)
    {
        var owner = await agents.OwnerAsync(cancellation);
        return PageAnswers.Show<SettingsPage>(
            new { Owner = owner, Self = writer.Self, Problem = problem, Sent = sent }, problem);
    }

    private static async Task<IResult> RenameAsync(
        HttpContext context, AgentRegistry agents, LogWriter writer, CancellationToken cancellation)
    {
        var name = (await context.Request.ReadFormAsync(cancellation)).Field("name");
        if (CheckName(name) is { } problem) return await ShowAsync(agents, writer, problem, name, cancellation);

        await agents.RenameOwnerAsync(name, cancellation);
        return PageAnswers.SeeOther("/settings");
    }

    /// <summary>Why a person cannot be called so; null where one can.</summary>
    internal static Problem? CheckName(string name) => name.Length is 0 or > 64 || name.Any(char.IsControl)
        ? new Problem("bad_name", 400, "A name has 1 to 64 characters on one line.")
        : null;

    private static async Task<IResult> LookAsync(HttpContext context, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Preferences.SetTheme(context, sent.Field("theme"));
        Preferences.SetLanguage(context, sent.Field("language"));
        Preferences.SetKeys(context, sent.Field("keys") == "on");
        return PageAnswers.SeeOther("/settings");
    }

    private static async Task<IResult> CompactAsync(HttpContext context, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        Preferences.SetCompact(context, sent.Field("on") == "1");
        return PageAnswers.Back(context, "/");
    }
}
