using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PeerRecordTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly Endpoint Here = Endpoint.TryParse("http://127.0.0.1:7420")!;
    private static readonly FakeVerifier Verifier = new();

    [Fact]
    public void An_address_beyond_ascii_is_refused_for_it_would_be_written_otherwise() =>
        Assert.Null(Endpoint.TryParse("http://h\u00e9:80"));

    [Fact]
    public void A_record_reads_back_until_it_expires()
    {
        var record = PeerRecord.Sign(Here, Now + 1_000, new FakeSigner(1));
        Assert.Equal(Here, PeerRecord.TryRead(record.Bytes, Now, Verifier)!.Endpoint);
        Assert.Null(PeerRecord.TryRead(record.Bytes, Now + 1_000, Verifier));
    }

    [Fact]
    public void A_record_cannot_vouch_for_longer_than_a_day() =>
        Assert.Null(PeerRecord.TryRead(
            PeerRecord.Sign(Here, Now + 2 * PeerRecord.LifetimeMs, new FakeSigner(1)).Bytes, Now, Verifier));

    [Fact]
    public void Flipping_any_byte_of_a_record_refuses_it()
    {
        var bytes = PeerRecord.Sign(Here, Now + 1_000, new FakeSigner(1)).Bytes.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Null(PeerRecord.TryRead(bytes, Now, Verifier));
            bytes[i] ^= 1;
            Assert.Null(PeerRecord.TryRead(bytes.AsMemory(0, i), Now, Verifier));
        }
    }
}
