using System.Security.Cryptography;
using System.Text;
using Anarchive.Node;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class RecoveryWordsTests
{
    /// <summary>
    /// Those of 256 bits among BIP-39's test vectors (https://github.com/trezor/python-mnemonic, vectors.json).
    /// </summary>
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
        + "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art")]
    [InlineData(
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal "
        + "winner thank year wave sausage worth title")]
    [InlineData(
        "8080808080808080808080808080808080808080808080808080808080808080",
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic "
        + "avoid letter advice cage absurd amount doctor acoustic bless")]
    [InlineData(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote")]
    [InlineData(
        "00ac97c48106f0aeb8ba061e0250a559b3251dc35854e694780ba51d53a50120",
        "absent gorilla van acoustic humor firm title dolphin bulk barely citizen recall crane moment aspect appear "
        + "track phrase actual enforce steel spoon afraid benefit")]
    [InlineData(
        "3edc83b60740d77af3afa2fcb82c2f1bc541ee4e2518ddef4996d32453f54a3c",
        "disagree tomato unique attend aspect runway solid violin witness scrap armed daring favorite warm decade "
        + "perfect target kid grant play early wide cigar night")]
    [InlineData(
        "89bb4bc5555992cdaf3444c5e7ca5a6e9f27efab894f1990bae41be8b2a26ea4",
        "meadow surge vanish primary odor grocery rubber mass shine dinner notable tag venue water purchase clarify "
        + "book magic ribbon daughter menu eye ritual orchard")]
    [InlineData(
        "911fec0fbd88029f6fa99164896c18d898c9232af18bdcca3e42d53b86493104",
        "much youth advance kitchen lens exile salt cram goose enter alert raise milk muscle profit cousin system "
        + "faint mouse price reveal cause series long")]
    public void The_published_vectors_hold(string secret, string words)
    {
        Assert.Equal(words, string.Join(' ', RecoveryWords.Of(Convert.FromHexString(secret))));
        var (read, problem) = RecoveryWords.Read(words);
        Assert.Null(problem);
        Assert.Equal(secret, Convert.ToHexStringLower(read!));
    }

    [Fact]
    public void Every_secret_comes_back_from_its_words()
    {
        Prop.ForAll<int[]>(numbers =>
        {
            var secret = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(',', numbers)));
            Assert.Equal(secret, RecoveryWords.Read(string.Join('\n', RecoveryWords.Of(secret))).Secret);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void The_list_is_the_published_one()
    {
        using var list = typeof(RecoveryWords).Assembly.GetManifestResourceStream("bip39-english.txt")!;
        Assert.Equal(
            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
            Convert.ToHexStringLower(SHA256.HashData(list)));
    }

    [Fact]
    public void Words_are_read_as_people_write_them()
    {
        var words = RecoveryWords.Of(new byte[32]);
        var paper = new StringBuilder();
        for (var at = 0; at < words.Count; at++) paper.Append($"  {at + 1}. {words[at].ToUpperInvariant()},\r\n");
        Assert.Equal(new byte[32], RecoveryWords.Read(paper.ToString()).Secret);
    }

    [Fact]
    public void What_is_wrong_is_told_by_its_place_and_never_by_the_word()
    {
        var words = RecoveryWords.Of([.. Enumerable.Range(0, 32).Select(n => (byte)(n * 7))]).ToArray();
        Assert.Equal("words_count", Code(words[..23]));
        Assert.Equal("words_count", Code([.. words, "zoo"]));
        Assert.Equal("words_count", Code([]));
        (int Place, string Told)[] places = [(1, "1st"), (2, "2nd"), (3, "3rd"), (7, "7th"), (11, "11th")];
        foreach (var (place, told) in places)
        {
            var wrong = words.Select((word, at) => at == place - 1 ? "qq" : word);
            var (_, problem) = RecoveryWords.Read(string.Join(' ', wrong));
            Assert.Equal("word_unknown", problem?.Code);
            Assert.StartsWith($"The {told} word is not in the list", problem?.Sentence);
            Assert.DoesNotContain("qq", problem?.Sentence, StringComparison.Ordinal);
        }

        (words[3], words[4]) = (words[4], words[3]);
        Assert.Equal("words_mismatch", Code(words));

        static string? Code(string[] words) => RecoveryWords.Read(string.Join(' ', words)).Problem?.Code;
    }
}
