using System.Buffers.Binary;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anarchive.Tests.Fuzz;

/// <summary>The engine's binary forms.</summary>
internal static class LogTargets
{
    private const long LastMs = (1L << 48) - 1;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of(
            "event-header",
            Examples.Batches.SelectMany(b => b.Events).Select(e => e.Header.Bytes.ToArray()),
            ["post_created", "\u0001"],
            Header),
        FuzzTarget.Of("batch-framing", Examples.Batches.Select(Examples.Frame), ["ANE1", "\u0001"], Framing),
        FuzzTarget.Of(
            "fork-proof",
            [
                new ForkProof(Examples.Batches[0], Examples.Batches[0]).ToBytes(),
                new ForkProof(Examples.Batches[0], Examples.Batches[2]).ToBytes(),
            ],
            ["ANE1", "\u0001"],
            Proof),
        FuzzTarget.Of("hlc", [new byte[24], [.. Enumerable.Range(0, 24).Select(n => (byte)n)]], [], Clock),
    ];

    private static string Header(byte[] bytes)
    {
        if (EventHeader.TryRead(bytes, out var refusal) is not { } header) return refusal.Code();
        var written = EventHeader.Write(new EventFields
        {
            Kind = header.Kind,
            Group = header.Group,
            Chain = header.Chain,
            Seq = header.Seq,
            Prev = header.Prev,
            Hlc = header.Hlc,
            PayloadLength = header.PayloadLength,
            PayloadHash = header.PayloadHash,
            Refs = header.Refs,
        });
        return FuzzTarget.Same(bytes, written.Bytes.Span, $"{header.Kind.Name.Length} {header.Refs.Count}");
    }

    private static string Framing(byte[] bytes)
    {
        if (BatchFraming.TryRead(bytes, out var refusal) is not { } batch) return refusal.Code();
        _ = BatchCheck.Check(
            batch.Events[0].Header.EffectiveGroup, batch, EngineKinds.Schema, new Credulous(), default, out var why);
        return FuzzTarget.Same(bytes, Examples.Frame(batch), $"{batch.Events.Count} {why}");
    }

    private static string Proof(byte[] bytes)
    {
        if (ForkProof.TryRead(bytes) is not { } proof) return FuzzTarget.Refused;
        var group = proof.Left.Events[0].Header.EffectiveGroup;
        var holds = proof.Holds(group, default, new Credulous());
        return FuzzTarget.Same(bytes, proof.ToBytes(), $"{holds} {proof.Left.Events.Count}");
    }

    private static string Clock(byte[] bytes)
    {
        if (bytes.Length < 24) return FuzzTarget.Refused;
        var last = new Hlc(BinaryPrimitives.ReadUInt64BigEndian(bytes));
        var now = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8));
        var peer = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(16));
        // Intake parks what is more than minutes ahead, so that a chain's clock stays near a wall clock.
        var (clock, wall) = (new Hlc(last.Value >> 1), now & LastMs);
        var next = Hlc.Next(clock, wall);
        FuzzTarget.Holds(next > clock && next.UnixMs >= wall, "A clock went back.");
        FuzzTarget.Holds(Hlc.FromUnixMs(wall).UnixMs == wall, "A time is not kept.");
        FuzzTarget.Holds(last.CompareTo(clock) == last.Value.CompareTo(clock.Value), "Clocks compare otherwise.");
        var node = new NodeClock(TimeProvider.System, NullLogger<NodeClock>.Instance);
        node.Hear(peer);
        var astray = node.NowMs() - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        FuzzTarget.Holds(Math.Abs(astray) < 60_000, "A peer led the clock astray.");
        return next.Value == clock.Value + 1 ? "counted" : "walled";
    }
}
