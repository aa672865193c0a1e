using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet device</c>: what devices are, and where they stand.</summary>
internal static class FleetDeviceCommands
{
    public static readonly string[] Columns =
        ["Device", "Class", "Zone", "State", "Reach", "Uptime", "Copies", "Free as last heard", "Duties"];

    private static readonly Argument<string> Device = new("device")
    {
        Description = "Its name, its id, or six digits of it or more.",
    };

    private static readonly Option<bool> Other = new("--other")
    {
        Description = "Another device, which runs no node: this one speaks for it.",
    };

    private static readonly Option<string?> Name = Text("--name", "What people call it.", "NAME");

    private static readonly Option<string?> Class = Text(
        "--class", "always_on, desktop, laptop, phone, seedbox or archive.", "CLASS");

    private static readonly Option<string?> Zone = Text(
        "--zone", "Where it stands: devices that fail together share one.", "ZONE");

    private static readonly Option<bool?> Offsite = new("--offsite")
    {
        Description = "It stands elsewhere.",
    };

    private static readonly Option<string[]?> Services = Words("--service", "Such as torrents or torznab.");

    private static readonly Option<string[]?> Transports = Words("--transport", "Of http, rsync and bt.");

    private static readonly Option<string?> WgKey = Text("--wg-key", "WireGuard's public key, in base64.", "KEY");

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say whether it could be said; nothing is changed.",
    };

    public static Command Build(Terminal terminal) => new("device", "Say what devices are, and where they stand.")
    {
        new Command("list", "List the devices, as last heard.").Runs(terminal, ListAsync),
        new Command("declare", "Say what this device is, or declare one without a node.")
        {
            Other, Name, Class, Zone, Offsite, Services, Transports, WgKey, DryRun,
        }.Runs(terminal, DeclareAsync),
        new Command("set", "Change what was said of a device.")
        {
            Device, Name, Class, Zone, Offsite, Services, Transports, WgKey, DryRun,
        }.Runs(terminal, SetAsync),
        new Command("active", "Take a device back in: it may get copies again.") { Device }
            .Runs(terminal, (invocation, cancellation) => StateAsync(invocation, "active", cancellation)),
        new Command("drain", "Empty a device: its copies are replaced elsewhere, and count until then.") { Device }
            .Runs(terminal, (invocation, cancellation) => StateAsync(invocation, "draining", cancellation)),
        new Command("retire", "Count a device's copies no more; only told without --apply.")
        {
            Device, FleetTelling.Apply,
        }.Runs(terminal, (invocation, cancellation) => StateAsync(invocation, "retired", cancellation)),
        new Command("dead", "Call a device and its copies lost; only told without --apply.")
        {
            Device, FleetTelling.Apply,
        }.Runs(terminal, (invocation, cancellation) => StateAsync(invocation, "dead", cancellation)),
        new Command("gone", "Part from a device for good: dead, its key revoked, forgotten; only told without --apply.")
        {
            Device, FleetTelling.Apply,
        }.Runs(terminal, GoneAsync),
    };

    /// <summary><c>fleet probe</c>: a look by hand.</summary>
    public static Command BuildProbe(Terminal terminal) =>
        new Command("probe", "Look at once at the devices that this one watches.").Runs(terminal, ProbeAsync);

    private static async Task<Answer> ProbeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var seen = (JsonObject)await node.PostAsync(FleetCommand.Path + "/probe", [], cancellation);
        var (devices, volumes) = (seen.Array("devices").ToList(), seen.Array("volumes").ToList());
        List<string> lines =
        [
            !seen.Flag("link_up") ? "Nobody answers: this node may be cut off, and nobody was marked."
                : $"{devices.Count(d => d.Flag("answered"))} of {Counted.Of(devices.Count, "device")} answered.",
            .. (seen["flags"] as JsonArray ?? []).Select(f => $"wrong here: {f}"),
        ];
        var rows = volumes.Select(v => new[]
        {
            $"volume {v.Need("name")}", v["free"] is null ? "not there" : "here", "",
            v["free"] is null ? "" : FleetTelling.Size(v.Number("free")),
        }).Concat(devices.Select(d => new[]
        {
            d.Need("name"), d.Flag("answered") ? $"answered, {d.Need("reach")}" : $"silent, {d.Need("reach")}",
            Tenths(d.Number("uptime_permille")), "",
        })).ToList();
        var answer = Answer.Done((JsonObject)Documents.Camel(seen)!, [.. lines]);
        if (rows.Count > 0) answer = answer with { Table = Terminal.Table(["Seen", "State", "Uptime", "Free"], rows) };
        var isWell = seen.Flag("link_up") && devices.All(d => d.Flag("answered"))
            && volumes.All(v => v["free"] is not null);
        return isWell ? answer : answer with { ExitCode = ExitCodes.Bad };
    }

    public static string[] Row(JsonObject device) =>
    [
        (device.Text("name") ?? "") + (device.Flag("self") ? " (this one)" : ""), device.Text("class") ?? "",
        (device.Text("zone") ?? "") + (device.Flag("offsite") ? ", off-site" : ""), device.Text("state") ?? "",
        device.Flag("silent") && device.Text("reach") is null or "up" or "suspect" ? "not heard now"
            : device.Text("reach") ?? "not heard of",
        device["uptime_permille"] is null ? "" : Tenths(device.Number("uptime_permille")),
        Counted.Of(device.Number("copies"), "copy", "copies"), Free(device),
        string.Join(", ", (device["duties"] as JsonArray ?? []).Select(d => (string?)d)),
    ];

    private static string Tenths(long permille) =>
        string.Create(CultureInfo.InvariantCulture, $"{permille / 10}.{permille % 10} %");

    private static string Free(JsonObject device)
    {
        var volumes = device.Array("volumes").ToList();
        if (volumes.Count == 0) return "no volume";
        var there = volumes.Where(v => v["free"] is not null).ToList();
        if (there.Count == 0) return "volume absent";
        var free = FleetTelling.Size(there.Sum(v => v.Number("free")));
        return $"{free} of {FleetTelling.Size(there.Sum(v => v.Number("capacity")))}";
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var fleet = (JsonObject)await node.GetAsync(FleetCommand.Path, cancellation);
        return Answer.Listed(
            new JsonObject { ["devices"] = Documents.Camel(fleet["devices"]) },
            "No device was declared. Begin with this one: anarchive fleet device declare --class desktop",
            Columns, [.. fleet.Array("devices").Select(Row)]);
    }

    private static Task<Answer> DeclareAsync(Invocation invocation, CancellationToken cancellation) =>
        SayAsync(invocation, invocation.Value(Other) ? "new" : null, cancellation);

    private static Task<Answer> SetAsync(Invocation invocation, CancellationToken cancellation) =>
        SayAsync(invocation, invocation.Value(Device), cancellation);

    private static async Task<Answer> SayAsync(
        Invocation invocation, string? device, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["dry_run"] = invocation.Value(DryRun) };
        foreach (var (name, value) in new[]
                 {
                     ("device", device), ("name", invocation.Value(Name)), ("class", invocation.Value(Class)),
                     ("zone", invocation.Value(Zone)), ("wg_key", invocation.Value(WgKey)),
                 })
            if (value is not null)
                asked[name] = value;
        if (invocation.Value(Offsite) is { } offsite) asked["offsite"] = offsite;
        foreach (var (name, values) in new[]
                 {
                     ("services", invocation.Value(Services)), ("transports", invocation.Value(Transports)),
                 })
            if (values is { Length: > 0 })
                asked[name] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
        var said = (JsonObject)await node.PostAsync(FleetCommand.Path + "/devices", asked, cancellation);
        var document = (JsonObject)Documents.Camel(said)!;
        document["dryRun"] = invocation.Value(DryRun);
        return Answer.Done(
            document, invocation.Value(DryRun)
                ? "It could be said. Nothing was changed."
                : $"The fleet knows it as {FleetTelling.Short(said.Text("device"))}.");
    }

    private static async Task<Answer> StateAsync(
        Invocation invocation, string state, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var device = invocation.Value(Device);
        var asked = new JsonObject { ["state"] = state };
        if (state is "retired" or "dead" && invocation.Value(FleetTelling.Apply) is { } plan) asked["apply"] = plan;
        var path = $"{FleetCommand.Path}/devices/{Uri.EscapeDataString(device)}/state";
        var told = (JsonObject)await node.PostAsync(path, asked, cancellation);
        return FleetTelling.Told(
            told, state == "active" ? $"{device} is active again." : $"{device} is {state} from now on.",
            $"{device} holds");
    }

    private static async Task<Answer> GoneAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var device = invocation.Value(Device);
        var asked = new JsonObject();
        if (invocation.Value(FleetTelling.Apply) is { } plan) asked["apply"] = plan;
        var path = $"{FleetCommand.Path}/devices/{Uri.EscapeDataString(device)}/gone";
        var told = (JsonObject)await node.PostAsync(path, asked, cancellation);
        var steps = (told["left"] as JsonArray ?? []).Select(s => (string?)s ?? "").ToList();
        var hives = told.Array("hives").Select(h => Hive(device, h)).ToList();
        if (steps.Count == 0)
            return Answer.Done(
                (JsonObject)Documents.Camel(told)!,
                [$"{device} is gone: nothing of parting from it is left to do here.", .. hives]);
        var answer = FleetTelling.Told(
            told, $"Something of parting from {device} is left to do: ask again without --apply.", $"{device} holds");
        return answer with { Lines = [.. steps.Select(Step), .. hives, .. answer.Lines] };
    }

    private static string Hive(string device, JsonObject hive) =>
        $"{device} is a member of the hive {hive.Need("hive")}, too, and writes on there: " + (hive.Flag("own")
            ? $"anarchive group remove {hive.Need("hive")} {hive.Need("node")} takes it out"
            : "only the owner of that hive can take it out");

    private static string Step(string step) => step switch
    {
        "dead" => "dead: its copies count no more; active takes that back",
        "revoke" => "revoke: it may not write in the fleet any more; nothing takes that back, it is paired anew",
        "forget" => "forget: this node drops its addresses and looks for it no more",
        _ => step,
    };

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    private static Option<string[]?> Words(string name, string description) => new(name)
    {
        Description = description + " May be repeated; replaces what was said.",
        HelpName = "WORD",
    };
}
