using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anarchive.Web;

/// <summary>What the generated API description cannot know by itself.</summary>
internal static class ApiDescription
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Anarchive",
                Version = "v1",
                Description = "The REST API of one node. Until it has an owner, reads on this machine need no key; "
                    + "writes act as an agent. "
                    + "Every error is application/problem+json with a stable member named code.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["agent"] = Key("An agent's API key, told once by POST /api/v1/agents/register."),
                ["token"] = Key("An API token of scope read, write or owner, told once when the owner makes it."),
                ["owner"] = Key("The owner's token, in the file api.token of the data directory."),
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var key in context.Description.ActionDescriptor.EndpointMetadata.OfType<NeedsKey>())
            {
                operation.Security ??= [];
                operation.Security.Add(new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(key.Whose, context.Document)] = [],
                });
            }

            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                Describe(parameter);
            return Task.CompletedTask;
        });
    }

    private static OpenApiSecurityScheme Key(string description) =>
        new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };

    private static void Describe(OpenApiParameter parameter)
    {
        switch (parameter.Name)
        {
            case "limit":
                parameter.Description = "Items in one page.";
                parameter.Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = WebLimits.PageMax.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Default = WebLimits.PageDefault,
                };
                break;
            case "cursor":
                parameter.Description = "The next member of the page before.";
                break;
            case "sort":
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["new", "top", "hot"] };
                break;
        }
    }
}
