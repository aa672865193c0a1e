using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// The parts that pages are assembled from, for whoever makes another; only where a setting asks for it.
/// </summary>
internal static class StyleguidePages
{
    public static void MapStyleguide(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<NodeOptions>().HasStyleguide) return;
        app.Pages().MapGet("/styleguide", () => PageAnswers.Show<StyleguidePage>(new { }));
    }
}
