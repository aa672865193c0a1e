using Anarchive.Node;
using Microsoft.AspNetCore.Antiforgery;

namespace Anarchive.Web;

/// <summary>Reads posted forms, after their token was checked.</summary>
internal static class Forms
{
    public static Problem Stale { get; } =
        new("form_expired", 400, "This form is out of date. Reload the page and send it again.");

    /// <summary>Routes of pages; the token of every posted form is checked.</summary>
    public static RouteGroupBuilder Pages(this WebApplication app)
    {
        var group = app.MapGroup("").ExcludeFromDescription();
        group.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (HttpMethods.IsGet(http.Request.Method)) return await next(context);
            if (!http.Request.HasFormContentType) return PageAnswers.Page(Stale);
            try
            {
                await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
            }
            catch (AntiforgeryValidationException)
            {
                return PageAnswers.Page(Stale);
            }

            return await next(context);
        });
        return group;
    }

    /// <summary>A field with browsers' line ends made plain; empty where it was not sent.</summary>
    public static string Field(this IFormCollection form, string name) =>
        form[name].ToString().ReplaceLineEndings("\n").Trim();

    public static string? OrNull(this string text) => text.Length == 0 ? null : text;
}
