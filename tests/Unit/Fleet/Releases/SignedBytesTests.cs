using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What holders and lenders sign, byte by byte: another program has to make the same.</summary>
/// <remarks>Normative: docs/protocol.md.</remarks>
public sealed class SignedBytesTests
{
    private const string Ask = "0102030405060708";
    private const string Intent = Three + "0000000000000009" + "000000000000000b" + "fedcba9876543210";

    private const string One = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";
    private const string Two = "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986";
    private const string Three = "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5";
    private const string Four = "e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71";

    [Theory]
    [InlineData(null, "")]
    [InlineData("lock_releasing", "6c6f636b5f72656c656173696e67")]
    public void A_lock_is_signed_as_the_protocol_says(string? code, string spelled)
    {
        var intent = new EventRef(new ChainId(Node(3), new Incarnation(9)), 11, 0xfedcba9876543210);
        var request = new LockRequest(new ItemId(Hash(4)), intent, DeviceId.Of(Node(2)), 0x0102030405060708);
        var answer = new LockAnswer(DeviceId.Of(Node(1)), intent, request.Ask, code);
        Assert.Equal(
            Hex("anarchive/v1/lock\0") + One + Two + Intent + Four + Ask + spelled,
            Convert.ToHexStringLower(LockBytes.Signed(request, answer)));
        Assert.Equal(Intent, Convert.ToHexStringLower(LockBytes.Of(intent)));
        Assert.Equal(intent, LockBytes.TryRead(LockBytes.Of(intent)));
        Assert.Null(LockBytes.TryRead(LockBytes.Of(intent).AsSpan(1)));
        Assert.Null(LockBytes.TryRead([.. LockBytes.Of(intent), 0]));
    }

    [Theory]
    [InlineData(null, null, "ffffffffffffffff", "")]
    [InlineData(258L, "loan_full", "0000000000000102", "6c6f616e5f66756c6c")]
    public void A_word_of_a_lender_is_signed_as_the_protocol_says(
        long? agoS, string? code, string seconds, string spelled) => Assert.Equal(
        Hex("anarchive/v1/lent\0") + One + Two + Four + Ask + seconds + Hex("kept") + "00" + spelled,
        Convert.ToHexStringLower(LentBytes.Signed(
            Node(1), Node(2), new LentWord(new ItemId(Hash(4)), 0x0102030405060708, LentState.Kept, code, agoS))));

    private static Hash256 Hash(byte number) => Hash256.Sha256([number]);

    private static NodeId Node(byte number) => new(Hash(number));

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));
}
