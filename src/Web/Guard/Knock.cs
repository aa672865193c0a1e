using System.Net.Mime;
using System.Text.Encodings.Web;

namespace Anarchive.Web;

/// <summary>
/// Answers a link that was followed on another site. The browser kept its cookie back, as it must; a page of this node
/// that leads on gets it sent, and whoever has none is asked to sign in there.
/// </summary>
internal static class Knock
{
    public static Task AnswerAsync(HttpContext context, string wanted)
    {
        var on = HtmlEncoder.Default.Encode(SignInPages.Address(wanted));
        var (code, goOn) = (Languages.Current.Code, HtmlEncoder.Default.Encode(T("Go on")));
        context.Response.ContentType = MediaTypeNames.Text.Html + "; charset=utf-8";
        return context.Response.WriteAsync(
            $"""
            <!DOCTYPE html><html lang="{code}"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={on}">
            <title>Anarchive</title><p><a href="{on}">{goOn}</a></p></html>

            """,
            context.RequestAborted);
    }
}
