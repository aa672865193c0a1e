using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Anarchive.Web;

/// <summary>In which language a page is drawn: the one chosen for this browser, or the first it asks for.</summary>
internal static class PageLanguage
{
    /// <summary>Programs get English, whatever they ask for: their users search for what they were told.</summary>
    public static void UsePageLanguage(this WebApplication app)
    {
        var english = CultureInfo.GetCultureInfo(Languages.Offered[0].Code);
        List<CultureInfo> known =
            [.. Languages.Offered.Select(l => l.Code).Append(Languages.Pseudo).Select(CultureInfo.GetCultureInfo)];
        var options = new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, english),
            // Numbers and times are written by Text.
            SupportedCultures = [CultureInfo.InvariantCulture],
            SupportedUICultures = known,
            RequestCultureProviders =
            [
                new CustomRequestCultureProvider(context => Task.FromResult(
                    Preferences.Language(context) is { } code ? new ProviderCultureResult("", code) : null)),
                new CustomRequestCultureProvider(context => Task.FromResult(
                    Asked(context) is { } code ? new ProviderCultureResult("", code) : null)),
            ],
        };
        app.UseWhen(context => !PageAnswers.IsForMachines(context), pages => pages.UseRequestLocalization(options));
    }

    /// <summary>
    /// The first of a browser's languages that there is: of "de-CH" the language counts, which without the data of
    /// cultures nothing else could tell.
    /// </summary>
    private static string? Asked(HttpContext context) => context.Request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(l => l.Quality ?? 1)
        .Select(l => l.Value.ToString().Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(code => Languages.Offered.Any(l => l.Code == code));
}
