using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet volume, copy, serve-copy</c>: this device's files, and copies that come to it.</summary>
internal static class FleetStoreCommands
{
    private const string Route = "/api/v1/fleet/store";

    private static readonly Argument<string> Folder = new("folder") { Description = "A folder of this machine." };

    private static readonly Argument<string> Volume = new("volume") { Description = "As fleet volume list prints it." };

    private static readonly Argument<string> Item = new("item") { Description = "An item, by its 64 digits." };

    private static readonly Argument<string> Device = new("device") { Description = "A device, by its id." };

    private static readonly Argument<string> Login = new("login") { Description = "As USER@HOST or USER@HOST:PORT." };

    private static readonly Option<string> Name = new("--name")
    {
        Description = "What people call the volume.",
        DefaultValueFactory = _ => "disk",
    };

    private static readonly Option<long?> Reserve = new("--reserve")
    {
        Description = "Bytes that stay free. Otherwise 5 %, and at least 10 GB.",
        HelpName = "BYTES",
    };

    private static readonly Option<bool> LetGo = new("--let-go")
    {
        Description = "What is missing is gone, however much it is.",
    };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "The volume it goes to. Otherwise the one with the most room.",
        HelpName = "VOLUME",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "The device it comes from. Otherwise whichever has it.",
        HelpName = "DEVICE",
    };

    private static readonly Option<string> Key = new("--key")
    {
        Description = "The file of the private key that may fetch copies there.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> KnownHosts = new("--known-hosts")
    {
        Description = "The file with that device's host key.",
        HelpName = "FILE",
        Required = true,
    };

    public static Command BuildVolume(Terminal terminal) =>
        new("volume", "The disks of this device, and the folders on them that are watched.")
        {
            new Command("list", "Volumes of this device, and how far hashing is.").Runs(terminal, ListAsync),
            new Command("add", "Make a folder a volume: its marker file is written.") { Folder, Name, Reserve }
                .Runs(terminal, AddAsync),
            new Command("move", "Say where a volume is now.") { Volume, Folder }
                .Runs(terminal, (i, c) => FolderAsync(i, "move", c)),
            new Command("watch", "Watch a folder of a volume: its files become items.") { Volume, Folder }
                .Runs(terminal, (i, c) => FolderAsync(i, "watch", c)),
            new Command("unwatch", "Watch a folder no more; only told without --apply. Deletes nothing.")
            {
                Volume, Folder, FleetTelling.Apply,
            }.Runs(terminal, (i, c) => RemoveAsync(i, i.Value(Folder), c)),
            new Command("remove", "Vouch for a volume no more; only told without --apply. Deletes nothing.")
            {
                Volume, FleetTelling.Apply,
            }.Runs(terminal, (i, c) => RemoveAsync(i, null, c)),
            new Command("scan", "Look at watched folders now.") { LetGo }.Runs(terminal, ScanAsync),
        };

    public static Command BuildCopy(Terminal terminal) => new("copy", "Copies of items that come to this device.")
    {
        new Command("list", "Copies that were asked for, and how far each is.").Runs(terminal, CopiesAsync),
        new Command("get", "Have an item copied to this device.") { Item, To, From }.Runs(terminal, CopyAsync),
        new Command("cancel", "Cancel a copy; what came of it stays.") { Item, Volume }.Runs(terminal, CancelAsync),
        new Command("ssh", "Say how a device is reached by rsync over ssh.") { Device, Login, Key, KnownHosts }
            .Runs(terminal, SshAsync),
    };

    public static Command BuildServeCopy(Terminal terminal) =>
        new Command("serve-copy", "For sshd: send the item that a transfer's token names, and no other.")
            .Runs(terminal, ServeCopyAsync);

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        return Listed((JsonObject)await node.GetAsync(Route, cancellation));
    }

    private static async Task<Answer> AddAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["folder"] = Path.GetFullPath(invocation.Value(Folder)),
            ["name"] = invocation.Value(Name),
        };
        if (invocation.Value(Reserve) is { } reserve) body["reserve"] = reserve;
        using var node = NodeApi.Open(invocation.Home);
        return Listed((JsonObject)await node.PostAsync($"{Route}/volumes", body, cancellation));
    }

    private static Answer Listed(JsonObject store) => Answer.Listed(
        (JsonObject)Documents.Camel(store)!,
        "No volumes yet. Begin with: anarchive fleet volume add FOLDER",
        ["Volume", "Name", "State", "Free", "Folder"],
        [
            .. store.Array("volumes").Select(v => new[]
            {
                v.Need("volume"), v.Need("name"), v.Text("absence") ?? "present",
                v.Number("free").ToString(CultureInfo.InvariantCulture), v.Need("folder"),
            }),
        ]);

    private static async Task<Answer> FolderAsync(
        Invocation invocation, string act, CancellationToken cancellation)
    {
        var volume = invocation.Value(Volume);
        using var node = NodeApi.Open(invocation.Home);
        var folder = act == "move" ? Path.GetFullPath(invocation.Value(Folder)) : invocation.Value(Folder);
        await node.PostAsync(
            $"{Route}/volumes/{Uri.EscapeDataString(volume)}/{act}", new JsonObject { ["folder"] = folder },
            cancellation);
        return Answer.Done(new JsonObject { ["volume"] = volume }, "Done.");
    }

    private static async Task<Answer> RemoveAsync(
        Invocation invocation, string? folder, CancellationToken cancellation)
    {
        var volume = invocation.Value(Volume);
        var body = new JsonObject();
        if (folder is not null) body["folder"] = folder;
        if (invocation.Value(FleetTelling.Apply) is { } plan) body["apply"] = plan;
        using var node = NodeApi.Open(invocation.Home);
        var told = (JsonObject)await node.PostAsync(
            $"{Route}/volumes/{Uri.EscapeDataString(volume)}/remove", body, cancellation);
        return FleetTelling.Told(
            told, "This device vouches for it no more. No file was deleted.", "This device would vouch no more for");
    }

    private static async Task<Answer> ScanAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var body = new JsonObject { ["let_go"] = invocation.Value(LetGo) };
        var scans = (JsonArray)await node.PostAsync($"{Route}/scan", body, cancellation);
        return Answer.Listed(
            new JsonObject { ["volumes"] = Documents.Camel(scans) },
            "No folder is watched. Begin with: anarchive fleet volume watch VOLUME FOLDER",
            ["Volume", "State", "Files", "New", "Moved", "Gone"],
            [
                .. scans.OfType<JsonObject>().Select(s => new[]
                {
                    s.Need("volume"), s.Text("absence") ?? "whole", $"{s["files"]}", $"{s["fresh"]}", $"{s["moved"]}",
                    $"{s["gone"]}",
                }),
            ]);
    }

    private static async Task<Answer> CopiesAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var copies = (JsonArray)await node.GetAsync($"{Route}/copies", cancellation);
        return Answer.Listed(
            new JsonObject { ["copies"] = Documents.Camel(copies) },
            "No copies were asked for.",
            ["Item", "Volume", "State", "Bytes", "Of"],
            [
                .. copies.OfType<JsonObject>().Select(c => new[]
                {
                    c.Need("item"), c.Need("volume"), c.Text("code") is { } code ? $"{c.Need("state")}: {code}"
                        : c.Need("state"),
                    $"{c["bytes"]}", $"{c["of"]}",
                }),
            ]);
    }

    private static async Task<Answer> CopyAsync(Invocation invocation, CancellationToken cancellation)
    {
        var body = new JsonObject { ["item"] = invocation.Value(Item) };
        if (invocation.Value(To) is { } volume) body["volume"] = volume;
        if (invocation.Value(From) is { } source) body["source"] = source;
        using var node = NodeApi.Open(invocation.Home);
        var copy = (JsonObject)await node.PostAsync($"{Route}/copies", body, cancellation);
        return Answer.Done((JsonObject)Documents.Camel(copy)!, "Asked for. See: anarchive fleet copy list");
    }

    private static async Task<Answer> CancelAsync(Invocation invocation, CancellationToken cancellation)
    {
        var (item, volume) = (invocation.Value(Item), invocation.Value(Volume));
        using var node = NodeApi.Open(invocation.Home);
        await node.SendAsync(
            HttpMethod.Delete, $"{Route}/copies/{Uri.EscapeDataString(item)}/{Uri.EscapeDataString(volume)}", null,
            cancellation);
        return Answer.Done(new JsonObject { ["item"] = item }, "Cancelled.");
    }

    private static async Task<Answer> SshAsync(Invocation invocation, CancellationToken cancellation)
    {
        var (device, login) = (invocation.Value(Device), invocation.Value(Login));
        var at = login.IndexOf('@');
        var colon = login.LastIndexOf(':');
        var port = 22;
        if (at < 1 || (colon > at && !int.TryParse(login[(colon + 1)..], CultureInfo.InvariantCulture, out port)))
            throw CliFailure.CannotRun("bad_login", "A login is USER@HOST or USER@HOST:PORT.");
        var body = new JsonObject
        {
            ["device"] = device,
            ["user"] = login[..at],
            ["host"] = colon > at ? login[(at + 1)..colon] : login[(at + 1)..],
            ["port"] = port,
            ["key"] = Path.GetFullPath(invocation.Value(Key)!),
            ["known_hosts"] = Path.GetFullPath(invocation.Value(KnownHosts)!),
        };
        using var node = NodeApi.Open(invocation.Home);
        await node.PostAsync($"{Route}/ssh", body, cancellation);
        return Answer.Done(new JsonObject { ["device"] = device }, "Noted.");
    }

    /// <summary>
    /// sshd starts this in place of what was asked for; the words are the caller's, and the node alone says what may be
    /// run. Standard input and output are rsync's.
    /// </summary>
    private static async Task<Answer> ServeCopyAsync(Invocation invocation, CancellationToken cancellation)
    {
        var asked = Environment.GetEnvironmentVariable("SSH_ORIGINAL_COMMAND") ?? "";
        JsonNode allowed;
        using (var node = NodeApi.Open(invocation.Home))
            allowed = await node.PostAsync($"{Route}/serve-copy", new JsonObject { ["command"] = asked }, cancellation);
        // A link of the name that was asked for: rsync takes no other from a sender, and the file's own is not told.
        var folder = Directory.CreateTempSubdirectory("anarchive-copy-");
        try
        {
            var document = (JsonObject)allowed;
            File.CreateSymbolicLink(Path.Combine(folder.FullName, document.Need("name")), document.Need("file"));
            var words = ((JsonArray)document["arguments"]!).Select(w => (string)w!);
            return Answer.Silent with { ExitCode = await SendAsync(words, folder.FullName, cancellation) };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> SendAsync(
        IEnumerable<string> words, string folder, CancellationToken cancellation)
    {
        using var rsync = Process.Start(
            new ProcessStartInfo("rsync", words) { UseShellExecute = false, WorkingDirectory = folder })!;
        try
        {
            await rsync.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!rsync.HasExited) rsync.Kill(entireProcessTree: true);
        }

        return rsync.ExitCode;
    }
}
