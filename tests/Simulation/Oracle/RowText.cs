using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>A hive's rows as lines, in the words the reference model uses.</summary>
internal static class RowText
{
    public static IReadOnlyList<string> Of(MemoryHiveRows rows) =>
    [
        .. rows.Items.Select(Of).OfType<string>()
            .Concat(rows.Votes.Select(v => $"vote {Of(v.Target)} {v.Origin} {v.Voter} {v.Value} {Of(v.Order)}"))
            .Concat(rows.Tallies.Select(t => $"tally {Of(t.Target)} {t.Origin} {t.Up} {t.Down} {Of(t.Order)}"))
            .Concat(rows.Members.Select(m => $"member {m.Instance} {m.AgentId} {m.Joined} {Of(m.Order)}"))
            .Concat(rows.Bans.Select(Of))
            .Concat(rows.Settings.Select(s => $"setting {s.Key} {s.Value} {Of(s.Order)}"))
            .Order(StringComparer.Ordinal),
    ];

    public static string Of(EventRef target) =>
        $"{target.Chain.Origin}.{target.Chain.Incarnation}.{target.Seq}.{target.IdPrefix:x}";

    private static string? Of(ItemRow item)
    {
        var start = $"item {Of(item.Key)} {item.Up} {item.Down}";
        if (item.IsDeleted) return $"{start} deleted";
        var edits = $"{Of(item.Title)} {Of(item.Content)} {Of(item.Url)}";
        if (item.Kind != ItemKind.Unknown)
            return $"{start} {item.Kind} {item.Hlc} {(item.Kind == ItemKind.Comment ? Of(item.Post) : "-")} "
                + $"{(item.Parent is { } parent ? Of(parent) : "-")} {item.HasText} {item.AgentId} {edits}";
        var isBlank = item is { Up: 0, Down: 0 } && !item.Title.IsSet && !item.Content.IsSet && !item.Url.IsSet;
        return isBlank ? null : $"{start} {item.Kind} {edits}";
    }

    private static string Of(BanRow ban)
    {
        var after = ban.After.OrderBy(a => a.Key).Select(a => $"{a.Key}:{a.Value}");
        return $"ban {ban.Instance} {ban.AgentId} {ban.Banned} [{string.Join(' ', after)}] {Of(ban.Order)}";
    }

    private static string Of(LastWriterWins order) =>
        order.IsSet ? $"{order.Hlc}/{order.Seq}/{order.Incarnation}" : "-";

    private static string Of(OwnerFirst order) =>
        $"{order.Rank}/{order.Hlc}/{order.Origin}/{order.Seq}/{order.Incarnation}";
}
