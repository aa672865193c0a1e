using System.Net.Mime;
using System.Text.Json;
using Anarchive.Node;
using Microsoft.AspNetCore.Diagnostics;

namespace Anarchive.Web;

/// <summary>An error of the API (RFC 9457): one plain sentence and a code that never changes.</summary>
public sealed record ProblemBody(string Type, string Title, int Status, string Code);

/// <summary>Turns problems into answers.</summary>
internal static class Problems
{
    public const string ContentType = MediaTypeNames.Application.ProblemJson;

    public static Problem BadKey { get; } = new("bad_key", 401, "This API key is not known here.");

    public static Problem KeyRequired { get; } = new("key_required", 401, "This needs an agent's API key.");

    public static Problem OwnerRequired { get; } = new("owner_required", 403, "This is for the owner of this node.");

    public static Problem ScopeMissing { get; } =
        new("scope_missing", 403, "This API token is not for that: its scope does not reach so far.");

    public static Problem BadCursor { get; } = new("bad_cursor", 400, "This cursor is not one this node gave out.");

    /// <summary>Why a caller may not do what the owner may.</summary>
    public static Problem NotFor(Caller caller) =>
        caller.Scope is not null ? ScopeMissing : caller.Agent is null ? KeyRequired : OwnerRequired;

    public static ProblemBody Body(Problem problem) =>
        new("about:blank", problem.Sentence, problem.Status, problem.Code);

    public static IResult Answer(Problem problem) =>
        TypedResults.Json(Body(problem), ApiJson.Default.ProblemBody, ContentType, problem.Status);

    public static ExceptionHandlerOptions Handler() => new()
    {
        ExceptionHandler = HandleAsync,
        // A bad request is the caller's fault and told to the caller.
        SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
    };

    internal static Problem Of(Exception? error) => error switch
    {
        BadHttpRequestException { InnerException: JsonException json } => new Problem("bad_json", 400, Why(json)),
        BadHttpRequestException bad => Of(bad.StatusCode),
        OperationCanceledException => new Problem("stopping", 503, "This node is stopping; start it and ask again."),
        _ => new Problem("internal", 500, "This node made a mistake; its log names it."),
    };

    internal static Problem Of(int status) => status switch
    {
        404 => Problem.NotFound("page"),
        413 => new Problem("too_large", 413, "The request body is too large."),
        415 => new Problem("json_required", 415, "The request body must be application/json."),
        _ => new Problem("bad_request", status, "The request cannot be read."),
    };

    private static Task HandleAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        return PageAnswers.RefuseAsync(context, Of(error));
    }

    /// <summary>Names the place, never the content: it may be a key.</summary>
    private static Sentence Why(JsonException error)
    {
        if (error.Path is { Length: > 0 and <= 80 } path
            && path.All(c => char.IsAsciiLetterOrDigit(c) || "$.[]_'".Contains(c)))
            return $"The JSON does not have the documented form at {path}.";
        return "The JSON does not have the documented form.";
    }
}
