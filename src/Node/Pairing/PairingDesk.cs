using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>How far a pairing has come.</summary>
public enum PairingState
{
    /// <summary>Nobody has come with the text yet.</summary>
    Open,

    /// <summary>A node proved that it has the text; the words are to be compared.</summary>
    Asked,

    Accepted,
    Denied,
    Lapsed,
}

/// <summary>A pairing as its owner sees it.</summary>
/// <param name="Words">Null before a node asks.</param>
public sealed record PairingView(
    string Id, InviteKind Kind, PairingState State, string? Text, long ExpiresMs, NodeId? Node, string? Name,
    string? Words);

/// <summary>Pairings that this node offers: one text each, for one node, ten minutes, in memory only.</summary>
/// <remarks>
/// The text's secret lets a node ask; only the owner, who has compared the words, lets it in. A restart ends them all.
/// Safe from any thread.
/// </remarks>
public sealed class PairingDesk(TimeProvider time)
{
    // An owner pairs one device after the other; older ones give way.
    private const int Max = 32;

    private readonly List<Offered> _offers = [];

    public IReadOnlyList<PairingView> All
    {
        get
        {
            lock (_offers) return [.. _offers.Select(View)];
        }
    }

    /// <summary>Makes a text to be used once.</summary>
    public PairingView Offer(InviteKind kind, Endpoint endpoint, NodeId self, GroupId group)
    {
        var text = new InviteText(
            kind,
            endpoint,
            self,
            group,
            RandomNumberGenerator.GetBytes(InviteText.IdBytes),
            RandomNumberGenerator.GetBytes(InviteText.SecretBytes));
        var offer = new Offered(text, Now() + Limits.PairingLifetimeMs);
        lock (_offers)
        {
            if (_offers.Count >= Max && _offers.Find(o => !o.IsAccepting) is { } oldest) _offers.Remove(oldest);
            _offers.Add(offer);
            return View(offer);
        }
    }

    public PairingView? Find(string id)
    {
        lock (_offers) return _offers.Find(o => o.Id == id) is { } offer ? View(offer) : null;
    }

    /// <summary>True for a pairing offered here, whatever became of it.</summary>
    public bool Knows(string? wireId)
    {
        lock (_offers) return _offers.Exists(o => o.WireId == wireId);
    }

    /// <summary>
    /// What to answer a node that proved its key and brings a pairing's text. Open: it does not know the secret; of
    /// another: one was there before it.
    /// </summary>
    internal (PairingState State, bool IsOther) Ask(
        Handshake handshake, KeyChain caller, Hash256 commitment, InviteProof proof)
    {
        lock (_offers)
        {
            if (_offers.Find(o => o.WireId == proof.Id) is not { } offer
                || !Base64UrlText.TryDecode(proof.Mac, out Hash256 mac)
                || !Base64UrlText.TryDecode(proof.Opening, PairingWords.OpeningBytes, out var opening)
                || PairingWords.Commit(opening) != commitment
                || !CryptographicOperations.FixedTimeEquals(
                    handshake.InviteMac(offer.Text.Secret.Span), mac.ToArray()))
                return (PairingState.Open, IsOther: true);
            if (offer.Asker is { } first && first.Node != caller.Node) return (PairingState.Denied, IsOther: true);
            if (StateOf(offer) == PairingState.Open)
                (offer.State, offer.Asker, offer.Name, offer.Words) = (
                    PairingState.Asked, caller, Tidy(proof.Name), PairingWords.Of(handshake, opening));
            return (StateOf(offer), IsOther: false);
        }
    }

    /// <summary>
    /// The owner lets the node in that asks; null where none does. Until <see cref="EndAccepting"/> it goes on waiting,
    /// nobody else decides, and the time stands still: what is written down meanwhile is what it will be told.
    /// </summary>
    internal (KeyChain Asker, PairingView Offer, GroupId Group)? BeginAccepting(string id)
    {
        lock (_offers)
        {
            if (_offers.Find(o => o.Id == id) is not { Asker: { } asker, IsAccepting: false } offer) return null;
            if (StateOf(offer) != PairingState.Asked) return null;
            offer.IsAccepting = true;
            return (asker, View(offer), offer.Text.Group);
        }
    }

    /// <summary>The node that asks is in, or could not be let in and waits as before.</summary>
    internal PairingView EndAccepting(string id, bool isIn)
    {
        lock (_offers)
        {
            var offer = _offers.Find(o => o.Id == id)
                ?? throw new InvalidOperationException("A pairing went away while it was accepted.");
            offer.IsAccepting = false;
            if (isIn) offer.State = PairingState.Accepted;
            return View(offer);
        }
    }

    /// <summary>The owner turns the node away that asks, or takes a text back; null where it is too late.</summary>
    public PairingView? Deny(string id)
    {
        lock (_offers)
        {
            if (_offers.Find(o => o.Id == id) is not { IsAccepting: false } offer) return null;
            if (StateOf(offer) is not (PairingState.Open or PairingState.Asked)) return null;
            offer.State = PairingState.Denied;
            return View(offer);
        }
    }

    /// <summary>A pairing's id for people: no first character of it looks like an option.</summary>
    internal static string IdOf(InviteText text) => Convert.ToHexStringLower(text.Id.Span);

    /// <summary>What another node calls itself, fit to be shown.</summary>
    internal static string Tidy(string? name)
    {
        var kept = new string([.. (name ?? "").Where(c => !char.IsControl(c)).Take(64)]).Trim();
        return kept.Length == 0 ? "another node" : kept;
    }

    private PairingView View(Offered o)
    {
        var state = StateOf(o);
        var text = state == PairingState.Open ? o.Text.Write() : null;
        return new PairingView(o.Id, o.Text.Kind, state, text, o.ExpiresMs, o.Asker?.Node, o.Name, o.Words);
    }

    private PairingState StateOf(Offered offer) =>
        offer is { State: PairingState.Open or PairingState.Asked, IsAccepting: false } && offer.ExpiresMs <= Now()
            ? PairingState.Lapsed
            : offer.State;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed class Offered(InviteText text, long expiresMs)
    {
        public InviteText Text { get; } = text;

        public long ExpiresMs { get; } = expiresMs;

        public string Id { get; } = IdOf(text);

        public string WireId { get; } = Base64UrlText.Encode(text.Id.Span);

        public PairingState State { get; set; }

        public bool IsAccepting { get; set; }

        public KeyChain? Asker { get; set; }

        public string? Name { get; set; }

        public string? Words { get; set; }
    }
}
