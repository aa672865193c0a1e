using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// What a build of libsodium must accept and refuse, tried at start: a patched library may keep its version string.
/// </summary>
/// <remarks>
/// A public key of small order makes forging easy: for the identity, R = [S]B satisfies [S]B = R + [h]A whatever the
/// message. Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", SSR 2020, lists the eight points.
/// </remarks>
public static class SodiumSelfTest
{
    /// <summary>True where the distribution keeps the library patched.</summary>
    public static bool IsSystemLibrary => Sodium.IsSystemLibrary;

    // RFC 8032, section 7.1, test 2.
    private const string Seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    private const string PublicKey = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    private const string Signature =
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    // A point of order n slips through when the message's hash is a multiple of n; more tries than 8 make that sure.
    private const int TriesPerPoint = 64;

    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse(
        "27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    /// <summary>The identity, and points of order 2, 4 and 8, with the spellings beyond the field's prime.</summary>
    private static readonly string[] SmallOrder =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    public static bool Passes() => KnownAnswerHolds() && RefusesAlteredSignatures() && RefusesKeysOfSmallOrder();

    private static bool KnownAnswerHolds()
    {
        var (key, secret) = Sodium.RawKeyPair(Convert.FromHexString(Seed));
        var signature = Sodium.RawSign([0x72], secret);
        return key.Value.ToString() == PublicKey
            && Convert.ToHexStringLower(signature) == Signature
            && Sodium.RawVerify(key, [0x72], signature);
    }

    private static bool RefusesAlteredSignatures()
    {
        var (key, _) = Sodium.RawKeyPair(Convert.FromHexString(Seed));
        var signature = Convert.FromHexString(Signature);
        if (Sodium.RawVerify(key, [0x73], signature)) return false;
        // S + L is the same scalar in another spelling: accepting it makes signatures malleable.
        var altered = (byte[])signature.Clone();
        WriteScalar(ReadScalar(signature.AsSpan(32)) + Order, altered.AsSpan(32));
        if (Sodium.RawVerify(key, [0x72], altered)) return false;
        signature[0] ^= 1;
        return !Sodium.RawVerify(key, [0x72], signature);
    }

    private static bool RefusesKeysOfSmallOrder()
    {
        var forged = Forgery();
        foreach (var point in SmallOrder)
        {
            var key = new PublicKey(new Hash256(Convert.FromHexString(point)));
            for (byte message = 0; message < TriesPerPoint; message++)
                if (Sodium.RawVerify(key, [message], forged)) return false;
        }

        return true;
    }

    /// <summary>R = [S]B for a known S: valid under any key whose part of the equation vanishes.</summary>
    private static byte[] Forgery()
    {
        var seed = Convert.FromHexString(Seed);
        var (point, _) = Sodium.RawKeyPair(seed);
        var scalar = SHA512.HashData(seed)[..32];
        scalar[0] &= 0xf8;
        scalar[31] = (byte)((scalar[31] & 0x7f) | 0x40);
        var forged = new byte[Sodium.SignatureBytes];
        point.Value.CopyTo(forged);
        WriteScalar(ReadScalar(scalar) % Order, forged.AsSpan(32));
        return forged;
    }

    private static BigInteger ReadScalar(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    private static void WriteScalar(BigInteger scalar, Span<byte> destination)
    {
        destination.Clear();
        if (!scalar.TryWriteBytes(destination, out _, isUnsigned: true))
            throw new InvalidOperationException("A scalar has at most 32 bytes.");
    }
}
