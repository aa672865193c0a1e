using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Torrents of one private file: what is made is read, and nothing else is.</summary>
public sealed class MetainfoTests
{
    private const string Name = "intro-markers-7-0123456789abcdef.jsonl.br";
    private const string Source = "anarchive:group";
    private const string Pieces = "01234567890123456789";

    private static readonly string Sound =
        $"6:lengthi100e4:name{Name.Length}:{Name}12:piece lengthi262144e6:pieces20:{Pieces}7:privatei1e"
        + $"6:source{Source.Length}:{Source}";

    [Fact]
    public void A_description_is_these_bytes_and_its_hash_that_of_the_info_dictionary()
    {
        var made = Metainfo.Make(Name, 100, Encoding.ASCII.GetBytes(Pieces), Source);
        Assert.Equal($"d4:infod{Sound}ee", Encoding.ASCII.GetString(made.Bare()));
        // By sha1sum, from the bytes between "info" and the last letter.
        const string expected = "39acd3ba3e49727d03bd1bdb928dd31bc1e015da";
        Assert.Equal(expected, made.InfoHash.ToString());
        var read = Metainfo.Read(made.Bare(), out var fault);
        Assert.Equal(MetainfoFault.None, fault);
        Assert.Equal(expected, read!.InfoHash.ToString());
        Assert.Equal((Name, 100L, Source, 262_144, 1),
            (read.Name, read.Length, read.Source, read.PieceLength, read.PieceCount));
        Assert.Equal(made.Bare(), read.Bare());
    }

    [Fact]
    public void A_client_gets_addresses_and_the_same_hash_and_others_get_none()
    {
        var made = Metainfo.Make(Name, 100, Encoding.ASCII.GetBytes(Pieces), Source);
        var local = made.ForClient("http://127.0.0.1/announce/k", ["http://127.0.0.1/ws/a", "http://127.0.0.1/ws/b"]);
        Assert.Equal(
            $"d8:announce27:http://127.0.0.1/announce/k4:infod{Sound}e"
            + "8:url-listl21:http://127.0.0.1/ws/a21:http://127.0.0.1/ws/bee",
            Encoding.ASCII.GetString(local));
        Assert.True(Bencode.TryRead(local, out _));
        Assert.Null(Metainfo.Read(local, out var fault));
        Assert.Equal(MetainfoFault.Members, fault);
    }

    [Theory]
    [InlineData(1L, 256)]
    [InlineData(16L << 20, 256)]
    [InlineData((16L << 20) + 1, 1024)]
    [InlineData(1L << 30, 1024)]
    [InlineData((1L << 30) + 1, 4096)]
    public void Pieces_grow_with_the_file(long length, int kibibytes) =>
        Assert.Equal(kibibytes * 1024, Metainfo.PieceLengthOf(length));

    [Fact]
    public void Pieces_of_a_content_match_it_and_no_other_bytes()
    {
        var content = new byte[(256 * 1024 * 2) + 5];
        new Random(1).NextBytes(content);
        var made = Metainfo.Make(Name, content.Length, new MemoryStream(content), Source);
        Assert.Equal(3, made.PieceCount);
        Assert.Equal(5, made.LengthOfPiece(2));
        Assert.True(made.Matches(0, content.AsSpan(0, 262_144)));
        Assert.True(made.Matches(2, content.AsSpan(524_288)));
        Assert.False(made.Matches(1, content.AsSpan(0, 262_144)));
        Assert.False(made.Matches(2, content.AsSpan(524_288, 4)));
        content[524_290] ^= 1;
        Assert.False(made.Matches(2, content.AsSpan(524_288)));
        Assert.Throws<ArgumentOutOfRangeException>(() => made.LengthOfPiece(3));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(300_000)]
    public void A_content_of_another_length_is_no_content(long stated) =>
        Assert.Throws<ArgumentException>(
            () => Metainfo.Make(Name, stated, new MemoryStream(new byte[100]), Source));

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("C:a")]
    [InlineData("a\0b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("\u00e9")]
    public void A_name_that_could_be_a_path_is_refused(string name)
    {
        AssertFault(MetainfoFault.Name, With("name", $"{Encoding.Latin1.GetByteCount(name)}:{name}"));
        Assert.Throws<ArgumentException>(() => Metainfo.Make(name, 100, new byte[20], Source));
    }

    [Fact]
    public void A_name_of_a_thousand_letters_is_refused() =>
        AssertFault(MetainfoFault.Name, With("name", "1000:" + new string('a', 1000)));

    [Theory]
    [InlineData("5:filesld6:lengthi100e4:pathl4:evileee")]
    [InlineData("5:filesle")]
    public void Several_files_are_refused(string files) =>
        AssertFault(MetainfoFault.ManyFiles, $"d4:infod{files}{Sound}ee");

    [Fact]
    public void A_tree_of_files_is_refused() =>
        AssertFault(MetainfoFault.ManyFiles, $"d4:infod9:file treede{Sound}ee");

    [Fact]
    public void Two_names_of_one_file_are_refused()
    {
        AssertFault(MetainfoFault.NotCanonical, $"d4:infod{Sound.Replace("12:piece", "4:name1:a12:piece")}ee");
        AssertFault(MetainfoFault.Members, $"d4:infod{Sound.Replace("12:piece", "10:name.utf-81:a12:piece")}ee");
        AssertFault(MetainfoFault.Members, $"d4:infod{Sound.Replace("12:piece", "4:path1:a12:piece")}ee");
    }

    [Theory]
    [InlineData("d8:announce8:http://a4:infod", "ee")]
    [InlineData("d4:infod", "e8:url-list8:http://ae")]
    [InlineData("d7:comment1:a4:infod", "ee")]
    [InlineData("d13:creation datei1e4:infod", "ee")]
    [InlineData("d5:nodesle4:infod", "ee")]
    public void Addresses_dates_and_comments_are_refused(string before, string after)
    {
        // "nodes" sorts behind "info": as written it is not canonical, which is a refusal as well.
        var canonical = !before.Contains("nodes", StringComparison.Ordinal);
        AssertFault(canonical ? MetainfoFault.Members : MetainfoFault.NotCanonical, before + Sound + after);
    }

    [Theory]
    [InlineData("length", "i0e", MetainfoFault.Lengths)]
    [InlineData("length", "i-1e", MetainfoFault.Lengths)]
    [InlineData("length", "i9223372036854775807e", MetainfoFault.Lengths)]
    [InlineData("length", "3:100", MetainfoFault.Members)]
    [InlineData("length", "i262145e", MetainfoFault.Pieces)]
    [InlineData("piece length", "i0e", MetainfoFault.Lengths)]
    [InlineData("piece length", "i16384e", MetainfoFault.Lengths)]
    [InlineData("piece length", "i4294967296e", MetainfoFault.Lengths)]
    [InlineData("pieces", "0:", MetainfoFault.Pieces)]
    [InlineData("pieces", "19:0123456789012345678", MetainfoFault.Pieces)]
    [InlineData("pieces", "21:012345678901234567890", MetainfoFault.Pieces)]
    [InlineData("pieces", "40:0123456789012345678901234567890123456789", MetainfoFault.Pieces)]
    [InlineData("private", "i0e", MetainfoFault.Members)]
    [InlineData("private", "i2e", MetainfoFault.Members)]
    [InlineData("private", "1:1", MetainfoFault.Members)]
    [InlineData("source", "0:", MetainfoFault.Members)]
    [InlineData("source", "3:a b", MetainfoFault.Members)]
    [InlineData("name", "i1e", MetainfoFault.Members)]
    public void A_member_of_another_kind_is_refused(string member, string value, MetainfoFault fault) =>
        AssertFault(fault, With(member, value));

    [Fact]
    public void Every_member_is_needed()
    {
        foreach (var member in new[] { "length", "name", "piece length", "pieces", "private", "source" })
            AssertFault(MetainfoFault.Members, With(member, value: null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("de")]
    [InlineData("le")]
    [InlineData("i1e")]
    [InlineData("d4:infoi1ee")]
    [InlineData("d4:infodee")]
    public void Nothing_much_is_refused(string text) =>
        Assert.Null(Metainfo.Read(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_description_above_a_mebibyte_is_refused_unread()
    {
        var pieces = new string('a', Metainfo.BytesMax);
        AssertFault(MetainfoFault.Oversized, With("pieces", $"{pieces.Length}:{pieces}"));
        Assert.Throws<ArgumentException>(() => Metainfo.Make(Name, 1L << 50, new byte[20], Source));
    }

    [Fact]
    public void Nested_lists_without_end_are_refused() =>
        AssertFault(MetainfoFault.NotCanonical, "d4:info" + new string('l', Metainfo.BytesMax - 100));

    [Fact]
    public void Bytes_behind_the_description_are_refused() =>
        AssertFault(MetainfoFault.NotCanonical, $"d4:infod{Sound}ee\n");

    private static string With(string member, string? value)
    {
        var from = Sound.IndexOf($"{member.Length}:{member}", StringComparison.Ordinal);
        var key = $"{member.Length}:{member}";
        Assert.True(Bencode.TryRead(Encoding.ASCII.GetBytes($"d{Sound}e"), out var whole));
        var old = Assert.IsType<BencodeValue.Dictionary>(whole)[member]!.Raw.Length;
        var replaced = value is null ? "" : key + value;
        return $"d4:infod{Sound[..from]}{replaced}{Sound[(from + key.Length + old)..]}ee";
    }

    private static void AssertFault(MetainfoFault expected, string text)
    {
        Assert.Null(Metainfo.Read(Encoding.Latin1.GetBytes(text), out var fault));
        Assert.Equal(expected, fault);
    }
}
