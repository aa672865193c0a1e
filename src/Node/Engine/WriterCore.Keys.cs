using Anarchive.Log;

namespace Anarchive.Node;

/// <content>Goes on under another incarnation: a restored database, another key, a membership given back.</content>
internal sealed partial class WriterCore
{
    /// <summary>
    /// Says in every group what key is in force, where the key file has changed since this node wrote last. A key that
    /// was taken is of no use from then on.
    /// </summary>
    public void OpenRekeyed()
    {
        var keys = KeyChain.StepsOf(Statements) ?? throw new InvalidOperationException("Our own keys are damaged.");
        if (_replicas.Values.Any(r => r.Find(OwnChain)?.Keys is { } own && !own.Steps.SequenceEqual(keys))) Renew();
        if (keys.Count > 1) OpenChains();
    }

    private void TakeRekey(WriterRequest.Rekey request)
    {
        FinishRows();
        var changed = request.Change(_identity);
        if (ReferenceEquals(changed, _identity)) return;
        _identity = changed;
        Renew();
        OpenChains();
    }

    /// <summary>Opens this node's chain wherever it has written before and has not shown these keys.</summary>
    private void OpenChains()
    {
        var keys = KeyChain.StepsOf(Statements)!;
        foreach (var replica in _replicas.Values)
        {
            var mine = replica.Chains.Where(c => c.Id.Origin == Self && c.Keys is not null).ToArray();
            if (mine.Length == 0 || mine.Any(c => c.Keys!.Steps.SequenceEqual(keys))) continue;
            if (ComposerOf(replica).Standing() != Refusal.None) continue;
            Append(replica, ComposerOf(replica).Compose([], _latest, _now), null);
        }
    }

    private void Renew()
    {
        // Renewing commits by itself: what came before it must be whole by then.
        FinishRows();
        _identity = _identity with { Own = new ChainId(Self, _renew()) };
        foreach (var group in _replicas.Keys) Touch(group, null);
    }

    /// <summary>A chain that a removal ended stays ended; who is invited back goes on with another.</summary>
    private bool IsReadmitted(Replica replica) =>
        replica.Find(OwnChain) is { Stored.Seq: > 0, WhyEnded: Refusal.ChainRevoked }
        && replica.Authority.IsMember(Self)
        && replica.Authority.WhyNotOpen(OwnChain with { Incarnation = default }, Hlc.Max, KeyChain.StepsOf(Statements)!)
            == Refusal.None;
}
