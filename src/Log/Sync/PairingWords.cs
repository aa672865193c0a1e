using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Anarchive.Log;

/// <summary>Four words that two people compare on their screens: they differ where somebody stands between.</summary>
/// <remarks>
/// 32 bits of SHA-256(domain ‖ T ‖ opening). The caller commits to the opening before it hears the responder's nonce
/// and shows it after, so that whoever stands between has one guess and cannot search for nonces that give equal
/// words: a short authentication string with a commitment (Vaudenay, CRYPTO 2005).
/// </remarks>
public static class PairingWords
{
    public const int OpeningBytes = 32;

    private const int Count = 4;

    /// <summary>256 words, one for each byte.</summary>
    public static ImmutableArray<string> List { get; } =
    [
        .. """
        acid acorn actor adult album alley amber angle ankle apple april arena argue armor arrow atlas attic audio
        badge baker bamboo banjo barn basil beach beard berry birch bison blade blanket blue boat bonus book bottle
        bread brick bridge broom bucket bugle butter cabin cactus camel candle canoe carpet castle cedar cello
        chalk cherry chess circle citrus clay cliff clock cloud clover coal cobra coffee comet copper coral corn
        cotton crane crater crown crystal cup daisy dance dawn deer delta denim desert diary dinner dock dolphin
        donkey dragon drum duck dune eagle earth easel echo eight elbow elm ember engine envelope evening fabric
        falcon farm feather fence fern fiddle field finger fire fish flag flame flute foam forest fossil fountain
        fox friday frost galaxy garden garlic gate ghost giant ginger glacier glass globe goat gold grape grass
        green guitar hammer harbor harp hazel heart helmet heron hill honey horn hotel iceberg igloo india indigo
        ink iron island ivory jacket jaguar jam jazz jelly jewel jungle kayak kettle key king kite kitten ladder
        lagoon lake lamp lantern lava leaf lemon letter lily lime linen lion lizard lobster lotus lunar magnet
        mango maple marble market meadow melon metal midnight milk mint mirror moon moss mountain music napkin
        nectar needle nest nine north nut oak oasis ocean olive onion opal orange orbit orchid otter owl oxygen
        paint palm panda paper parrot pearl pebble pencil pepper piano pigeon pilot planet plum pocket quartz
        rabbit rain raven ribbon river robin rocket rope rose saddle sail salt seven silver snow spoon tulip
        """.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>What a caller sends before it shows the opening.</summary>
    public static Hash256 Commit(ReadOnlySpan<byte> opening) => Hash256.Sha256(opening);

    /// <summary>The words of a handshake.</summary>
    public static string Of(Handshake handshake, ReadOnlySpan<byte> opening)
    {
        var digest = SHA256.HashData([.. Domains.Words, .. handshake.Transcript, .. opening]);
        return string.Join(' ', digest.Take(Count).Select(b => List[b]));
    }
}
