using System.Text.Json;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>One event as the reference model reads it: plain text and numbers.</summary>
internal sealed class Fact
{
    private readonly JsonElement _payload;

    public Fact(Event e)
    {
        var header = e.Header;
        Kind = header.Kind.Name;
        Origin = header.Origin.ToString();
        OriginBytes = Convert.ToHexString(header.Origin.Value.ToArray());
        Incarnation = header.Chain.Incarnation.ToString();
        Seq = header.Seq;
        Hlc = header.Hlc.Value;
        Ref = RowText.Of(header.Ref);
        Refs = [.. header.Refs.Select(RowText.Of)];
        RefOrigin = header.Refs.Count > 0 ? header.Refs[0].Chain.Origin.ToString() : "";
        IsHollow = e.IsHollow;
        if (e.Payload is not { } payload) return;
        using var document = JsonDocument.Parse(payload.Bytes);
        _payload = document.RootElement.Clone();
        Names = [.. _payload.EnumerateObject().Select(p => p.Name)];
    }

    public string Kind { get; }

    public string Origin { get; }

    /// <summary>Origins compare by their bytes.</summary>
    public string OriginBytes { get; }

    /// <summary>16 hex digits, so that text order is number order.</summary>
    public string Incarnation { get; }

    public long Seq { get; }

    public ulong Hlc { get; }

    public string Ref { get; }

    public IReadOnlyList<string> Refs { get; }

    public string RefOrigin { get; }

    public bool IsHollow { get; }

    public IReadOnlyList<string> Names { get; } = [];

    public string OwnOrder => $"{Hlc}/{Seq}/{Incarnation}";

    public (string Instance, string AgentId) Subject => (Text("subject", "instance_id"), Text("subject", "agent_id"));

    public IEnumerable<(string Chain, string Incarnation, long Seq)> After =>
        !Names.Contains("after")
            ? []
            : _payload.GetProperty("after").EnumerateArray().Select(a => (
                $"{a.GetProperty("origin").GetString()}.{a.GetProperty("incarnation").GetString()}",
                a.GetProperty("incarnation").GetString()!,
                a.GetProperty("seq").GetInt64()));

    /// <summary>True where the payload has all of these members and no others but those that may be there.</summary>
    public bool Has(string[] required, string[] optional) =>
        !IsHollow && required.All(Names.Contains)
        && Names.All(n => required.Contains(n) || optional.Contains(n))
        && Names.Distinct(StringComparer.Ordinal).Count() == Names.Count;

    public string Text(params string[] path) =>
        path.Aggregate(_payload, (at, name) => at.GetProperty(name)).GetString()!;

    public long Number(string name) => _payload.GetProperty(name).GetInt64();
}
