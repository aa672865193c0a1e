using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HandshakeTests
{
    private static readonly FakeSigner Alice = new(1);
    private static readonly FakeSigner Bob = new(2);
    private static readonly FakeSigner Mallory = new(3);
    private static readonly FakeVerifier Verifier = new();

    private static readonly HandshakeSide Caller = Side(Alice, 1);
    private static readonly HandshakeSide Responder = Side(Bob, 2);

    [Fact]
    public void Each_side_proves_its_own_key_and_role()
    {
        var handshake = new Handshake(Caller, Responder, [1], 1);
        var proof = handshake.Sign(HandshakeRole.Caller, Alice);
        Assert.True(handshake.Proves(HandshakeRole.Caller, proof, Verifier));
        Assert.False(handshake.Proves(HandshakeRole.Responder, proof, Verifier));
        Assert.False(handshake.Proves(HandshakeRole.Caller, handshake.Sign(HandshakeRole.Caller, Mallory), Verifier));
        Assert.False(handshake.Proves(
            HandshakeRole.Responder, handshake.Sign(HandshakeRole.Responder, Alice), Verifier));
    }

    public static TheoryData<Handshake> Changed =>
    [
        new Handshake(Side(Mallory, 1), Responder, [1], 1),
        new Handshake(Caller with { Node = Responder.Node }, Responder, [1], 1),
        new Handshake(Caller, Responder with { Node = Caller.Node }, [1], 1),
        new Handshake(Caller with { Nonce = default }, Responder, [1], 1),
        new Handshake(Caller, Responder with { Nonce = default }, [1], 1),
        new Handshake(Caller, Responder with { Certificate = Hash256.Sha256("certificate"u8) }, [1], 1),
        new Handshake(Caller with { Certificate = Hash256.Sha256("certificate"u8) }, Responder, [1], 1),
        new Handshake(Caller, Responder, [1, 2], 1),
        new Handshake(Caller, Responder, [1], 2),
    ];

    [Theory]
    [MemberData(nameof(Changed))]
    public void A_proof_holds_for_nothing_but_what_was_said(Handshake changed)
    {
        var said = new Handshake(Caller, Responder, [1], 1);
        var (ours, theirs) = (said.Sign(HandshakeRole.Caller, Alice), said.Sign(HandshakeRole.Responder, Bob));
        Assert.False(changed.Proves(HandshakeRole.Caller, ours, Verifier)
            && changed.Proves(HandshakeRole.Responder, theirs, Verifier));
        Assert.NotEqual(said.InviteMac("secret"u8), changed.InviteMac("secret"u8));
    }

    [Fact]
    public void A_version_is_chosen_only_from_a_sane_offer()
    {
        Assert.Equal(1, Handshake.Choose([2, 1]));
        Assert.Null(Handshake.Choose([]));
        Assert.Null(Handshake.Choose([2]));
        Assert.Null(Handshake.Choose([1, -1]));
        Assert.Null(Handshake.Choose([1, 65_536]));
        Assert.Null(Handshake.Choose([.. Enumerable.Repeat(1, Handshake.VersionsMax + 1)]));
    }

    private static HandshakeSide Side(FakeSigner signer, byte nonce) =>
        new(signer.PublicKey.AsNodeId(), signer.PublicKey, Hash256.Sha256([nonce]));
}
