using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet policy | source | duties | duty</c>: what the owner rules.</summary>
internal static class FleetRuleCommands
{
    private static readonly Argument<string> Policy = new("policy") { Description = "The policy's name." };

    private static readonly Argument<string> Source = new("source") { Description = "The source's name." };

    private static readonly Argument<string> Host = new("host")
    {
        Description = "Its DNS name alone: no address, no passkey.",
    };

    private static readonly Argument<string> Duty = new("duty")
    {
        Description = "custodian, baton, public_swarm_face, broadcast_host, prober, edition_seeder or research.",
    };

    private static readonly Argument<string> Subject = new("subject")
    {
        Description = "The item, the device or edition it is about; fleet for what the fleet has once.",
    };

    private static readonly Option<int?> Floor = Number("--floor", "Copies that must be proven.");
    private static readonly Option<int?> Ceil = Number("--ceil", "Copies above which one may go.");
    private static readonly Option<int?> MinZones = Number("--min-zones", "Zones they must lie in.");
    private static readonly Option<int?> MinOffsite = Number("--min-offsite", "Of them on off-site devices.");

    private static readonly Option<bool?> AutoCopy = new("--auto-copy")
    {
        Description = "Make missing copies without being asked.",
    };

    private static readonly Option<string> Kind = new("--kind")
    {
        Description = "public, private or unknown, which is treated as private.",
        DefaultValueFactory = _ => "unknown",
    };

    private static readonly Option<string> Isolation = new("--isolation")
    {
        Description = "open, of a public source alone; otherwise f2f_only.",
        DefaultValueFactory = _ => "f2f_only",
    };

    private static readonly Option<string?> Confirm = new("--confirm")
    {
        Description = "The source's host, in place of typing it.",
        HelpName = "HOST",
    };

    private static readonly Option<string?> Device = new("--device")
    {
        Description = "Who is to have it; nobody where it is left out.",
        HelpName = "DEVICE",
    };

    private static readonly Option<int> Days = new("--days")
    {
        Description = "For how long, 30 unless said otherwise.",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("policy", "Say how many copies items are kept in.")
        {
            new Command("list", "List the policies.").Runs(terminal, PoliciesAsync),
            new Command("set", "Set a policy; keeping less is only told without --apply.")
            {
                Policy, Floor, Ceil, MinZones, MinOffsite, AutoCopy, FleetTelling.Apply,
            }.Runs(terminal, SetPolicyAsync),
        },
        new Command("source", "Say where items come from, and who may be answered about it.")
        {
            new Command("list", "List the sources.").Runs(terminal, SourcesAsync),
            new Command("set", "Describe a source; this never opens one.") { Source, Host, Kind, Isolation }
                .Runs(terminal, SetSourceAsync),
            new Command("open", "Let friends be answered about a source, once its host was typed.")
            {
                Source, Confirm,
            }.Runs(terminal, OpenAsync),
            new Command("close", "Let nobody outside the fleet be answered about a source.") { Source }
                .Runs(terminal, CloseAsync),
        },
        new Command("duties", "List who has which duty.").Runs(terminal, DutiesAsync),
        new Command("duty", "Give a duty by hand, or end that.")
        {
            new Command("set", "Give a duty to a device, or to nobody, for some days.")
            {
                Duty, Subject, Device, Days,
            }.Runs(terminal, SetDutyAsync),
            new Command("clear", "Let the plan give the duty again.") { Duty, Subject }
                .Runs(terminal, ClearDutyAsync),
        },
    ];

    private static async Task<Answer> PoliciesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var policies = (JsonArray)await node.GetAsync(FleetCommand.Path + "/policies", cancellation);
        return Answer.Done(new JsonObject { ["policies"] = Documents.Camel(policies) }) with
        {
            Table = Terminal.Table(
                ["Policy", "Floor", "Ceiling", "Zones", "Off-site", "Copies are made"],
                policies.OfType<JsonObject>().Select(p => new[]
                {
                    p.Text("policy") ?? "", p.Count("floor"), p.Count("ceil"), p.Count("min_zones"),
                    p.Count("min_offsite"), p.Flag("auto_copy") ? "by themselves" : "when asked for",
                })),
        };
    }

    private static async Task<Answer> SetPolicyAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var policy = invocation.Value(Policy);
        var asked = new JsonObject { ["policy"] = policy };
        foreach (var (name, option) in new[]
                 {
                     ("floor", Floor), ("ceil", Ceil), ("min_zones", MinZones), ("min_offsite", MinOffsite),
                 })
            if (invocation.Value(option) is { } number)
                asked[name] = number;
        if (invocation.Value(AutoCopy) is { } auto) asked["auto_copy"] = auto;
        if (invocation.Value(FleetTelling.Apply) is { } plan) asked["apply"] = plan;
        var told = (JsonObject)await node.PostAsync(FleetCommand.Path + "/policies", asked, cancellation);
        var answer = FleetTelling.Told(told, $"{policy} is set.", $"{policy} keeps");
        // A floor that is lowered takes zones and off-site copies with it, which nobody typed.
        return told["policy"] is JsonObject then
            ? answer with
            {
                Lines =
                [
                    $"{policy}: floor {then.Count("floor")}, ceiling {then.Count("ceil")}, zones "
                        + $"{then.Count("min_zones")}, off-site {then.Count("min_offsite")}.",
                    .. answer.Lines,
                ],
            }
            : answer;
    }

    private static async Task<Answer> SourcesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var sources = (JsonArray)await node.GetAsync(FleetCommand.Path + "/sources", cancellation);
        return Answer.Listed(
            new JsonObject { ["sources"] = Documents.Camel(sources) },
            "No source was described: whatever came from a torrent is treated as private unless it says otherwise.",
            ["Source", "Kind", "Host", "Answered to", "Isolation"],
            [.. sources.OfType<JsonObject>().Select(s => new[]
            {
                s.Text("source") ?? "", s.Text("kind") ?? "", s.Text("host") ?? "",
                s.Text("gate") == "open" ? "friends, too" : "the fleet alone", s.Text("isolation") ?? "",
            })]);
    }

    private static async Task<Answer> SetSourceAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var source = invocation.Value(Source);
        await node.PostAsync(
            FleetCommand.Path + "/sources",
            new JsonObject
            {
                ["source"] = source,
                ["kind"] = invocation.Value(Kind),
                ["host"] = invocation.Value(Host),
                ["isolation"] = invocation.Value(Isolation),
            },
            cancellation);
        return Answer.Done(new JsonObject { ["source"] = source }, $"{source} is described.");
    }

    private static async Task<Answer> OpenAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var source = invocation.Value(Source);
        var path = $"{FleetCommand.Path}/sources/{Uri.EscapeDataString(source)}/gate";
        var asked = new JsonObject { ["gate"] = "open" };
        var told = (JsonObject)await node.PostAsync(path, asked, cancellation);
        var about = $"{told.Count("items", "item")}, {FleetTelling.Size(told.Number("bytes"))}, came from {source}: "
            + "friends could learn that you hold them.";
        if ((invocation.Value(Confirm) ?? Typed(invocation, about)) is not { } typed)
            return Answer.Done(
                (JsonObject)Documents.Camel(told)!, about,
                "Nothing was opened. To open it, give its host: --confirm HOST");
        asked["confirm"] = typed;
        told = (JsonObject)await node.PostAsync(path, asked, cancellation);
        return Answer.Done((JsonObject)Documents.Camel(told)!, $"Friends may be answered about {source}.");
    }

    /// <summary>Null where nobody is there to type.</summary>
    private static string? Typed(Invocation invocation, string about)
    {
        if (Console.IsInputRedirected || !invocation.Terminal.Attended || invocation.Json) return null;
        invocation.Terminal.Remark(about);
        invocation.Terminal.Remarks.Write("Type the source's host to open it: ");
        return Console.ReadLine()?.Trim() ?? "";
    }

    private static async Task<Answer> CloseAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var source = invocation.Value(Source);
        var path = $"{FleetCommand.Path}/sources/{Uri.EscapeDataString(source)}/gate";
        await node.PostAsync(path, new JsonObject { ["gate"] = "search_only" }, cancellation);
        return Answer.Done(
            new JsonObject { ["source"] = source }, $"Nobody outside the fleet is answered about {source}.");
    }

    private static async Task<Answer> DutiesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var duties = (JsonObject)await node.GetAsync(FleetCommand.Path + "/duties", cancellation);
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        var names = fleet.Array("devices").ToDictionary(d => d.Need("id"), d => d.Need("name"));
        var rows = new List<string[]>
        {
            new[] { "broadcast_host", "fleet", Named(duties.Text("broadcast_host")), "" },
            new[] { "research", "fleet", Named(duties.Text("research")), "" },
        };
        foreach (var prober in duties.Array("probers"))
            rows.Add(["prober", Named(prober.Text("device")), All(prober["observers"]), ""]);
        foreach (var seeder in duties.Array("seeders"))
            rows.Add(["edition_seeder", seeder.Need("edition"), All(seeder["devices"]), ""]);
        foreach (var given in duties.Array("given"))
            rows.Add(
            [
                given.Need("duty"), FleetTelling.Short(given.Text("subject")), Named(given.Text("device")),
                given.Text("ignored") is { } why
                    ? $"by hand, not followed: no such {why}, or it may not"
                    : "by hand until " + FleetTelling.Moment(given.Number("until_ms")),
            ]);
        return Answer.Done((JsonObject)Documents.Camel(duties)!) with
        {
            Table = Terminal.Table(["Duty", "Of", "Device", "Given"], rows),
        };

        string Named(string? id) => id is null ? "nobody" : names.GetValueOrDefault(id, FleetTelling.Short(id));

        string All(JsonNode? ids) =>
            ids is JsonArray { Count: > 0 } all ? string.Join(", ", all.Select(id => Named((string?)id))) : "nobody";
    }

    private static async Task<Answer> SetDutyAsync(Invocation invocation, CancellationToken cancellation)
    {
        var asked = Asked(invocation, invocation.Value(Days));
        if (invocation.Value(Device) is { } device) asked["device"] = device;
        await SendAsync(invocation, asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(asked)!, $"{invocation.Value(Duty)} is given by hand from now on.");
    }

    private static async Task<Answer> ClearDutyAsync(Invocation invocation, CancellationToken cancellation)
    {
        var asked = Asked(invocation, 0);
        await SendAsync(invocation, asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(asked)!, $"The plan gives {invocation.Value(Duty)} again.");
    }

    private static JsonObject Asked(Invocation invocation, int days) => new()
    {
        ["duty"] = invocation.Value(Duty),
        ["subject"] = invocation.Value(Subject),
        ["days"] = days,
    };

    private static async Task SendAsync(Invocation invocation, JsonObject asked, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        await node.PostAsync(FleetCommand.Path + "/duties", asked, cancellation);
    }

    private static Option<int?> Number(string name, string description) =>
        new(name) { Description = description, HelpName = "N" };
}
