using System.IO.Compression;
using System.Text;
using Anarchive.Net;
using Anarchive.Node;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An edition made, carried and taken over; and what stops at which gate.</summary>
public sealed class EditionImportTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly MadeWorld _made;
    private readonly SqliteConnection _db;

    public EditionImportTests()
    {
        // Before any connection is made.
        _ = NativeSqlite.IsSystemLibrary;
        _db = new SqliteConnection("Data Source=:memory:");
        _made = new MadeWorld(_scratch.At("editions"));
        Directory.CreateDirectory(_scratch.At("editions"));
        _db.Open();
        using var ddl = _db.CreateCommand();
        ddl.CommandText = "PRAGMA foreign_keys=ON;" + NetEditionSchema.Ddl;
        ddl.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _db.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Full_editions_and_deltas_are_taken_over_one_after_the_other()
    {
        for (var week = 0; week < 6; week++)
        {
            foreach (var device in new[] { 0, 1, 2 })
                _made.World.Add(EditionWorld.Marker(start: 100 * (week + 1)), device: device, hlc: 5_000);
            Take(_made.Publish()!.Value);
        }

        var kinds = _made.Published.Select(p => p.Made.Manifest.Kind).ToArray();
        Assert.Equal(EditionKind.Full, kinds[0]);
        Assert.Contains(EditionKind.Delta, kinds);
        Assert.Contains(EditionKind.Full, kinds[1..]);
    }

    [Fact]
    public void Nothing_new_makes_no_edition_and_the_same_one_changes_nothing()
    {
        Take(_made.Publish()!.Value);
        Assert.Null(_made.Publish());
        Assert.IsType<EditionVerdict.Held>(_made.Check(_made.Published[0], _made.RowsBefore, out _));
    }

    [Fact]
    public void Nodes_with_equal_events_make_equal_files()
    {
        var other = new MadeWorld(_scratch.At("other"));
        Directory.CreateDirectory(_scratch.At("other"));
        other.World.Sources.Reverse();
        var (one, two) = (_made.Publish()!.Value.Made, other.Publish()!.Value.Made);
        Assert.Equal(one.Payload, two.Payload);
        Assert.Equal(one.File.Torrent.InfoHash, two.File.Torrent.InfoHash);
        Assert.Equal(File.ReadAllBytes(one.File.Path), File.ReadAllBytes(two.File.Path));
    }

    [Fact]
    public void Rows_are_found_by_what_they_are_about()
    {
        var edition = _made.Publish()!.Value;
        Take(edition);
        var rules = RowRules.Of(edition.Made.Manifest);
        var about = NetEditionRows.About(_db, EditionWorld.Osh, [EditionWorld.Group]).ToList();
        Assert.Equal(
            _made.RowsBefore.Count(r => EditionReader.TryRead(rules, r)!.Keys.Contains(EditionWorld.Osh)), about.Count);
        Assert.All(about, r => Assert.Equal(EditionWorld.Group, r.Group));
        Assert.Empty(NetEditionRows.About(_db, "osh:0000000000000000:200000", [EditionWorld.Group]));
    }

    [Fact]
    public void An_edition_that_another_one_overtook_is_not_taken_over()
    {
        var first = _made.Publish()!.Value;
        Assert.IsType<EditionVerdict.Pass>(_made.Check(first, [], out var passed));
        Take(first);
        var verdict = NetEditionRows.Import(_db, passed!, null, 1);
        Assert.Equal("net_edition_transaction", Assert.IsType<EditionVerdict.Refuse>(verdict).Code);
        AssertRows();
    }

    [Fact]
    public void Quarantine_is_kept_as_it_was_noticed_first()
    {
        var claim = _made.Publish()!.Value.Claim;
        var verdict = new EditionVerdict.Quarantine(EditionSuspicion.Downgrade);
        NetEditionRows.Quarantine(_db, claim, 4, verdict, 9);
        NetEditionRows.Quarantine(_db, claim, 4, verdict, 10);
        Assert.Equal(
            new QuarantinedEdition(EditionWorld.Group, claim.Id, 4, "net_edition_downgrade", 9),
            Assert.Single(NetEditionRows.Quarantined(_db)));
    }

    [Fact]
    public void A_torrent_of_anything_else_stops_at_the_fifth_and_sixth_gate()
    {
        var made = _made.Publish()!.Value.Made;
        var (torrent, blob) = (made.File.Torrent, made.Manifest.File);
        var pieces = new byte[20];
        torrent.Piece(0).ToArray().CopyTo(pieces, 0);
        Assert.IsType<EditionVerdict.Pass>(EditionGatekeeper.CheckTorrent(made.Manifest, torrent.Bare(), out _));
        Assert.All(
            [
                torrent.ForClient("http://127.0.0.1/announce", []),
                Metainfo.Make("other.br", blob.Bytes, pieces, torrent.Source).Bare(),
                Metainfo.Make(blob.Name, blob.Bytes + 1, pieces, torrent.Source).Bare(),
                Metainfo.Make(blob.Name, blob.Bytes, pieces, "anarchive:other").Bare(),
                Encoding.ASCII.GetBytes("d4:infodee"),
            ],
            bytes => AssertRefused(
                EditionGate.Torrent, EditionGatekeeper.CheckTorrent(made.Manifest, bytes, out _)));
        pieces[0] ^= 1;
        AssertRefused(EditionGate.InfoHash, EditionGatekeeper.CheckTorrent(
            made.Manifest, Metainfo.Make(blob.Name, blob.Bytes, pieces, torrent.Source).Bare(), out _));
    }

    [Fact]
    public void Other_bytes_stop_at_the_seventh_gate()
    {
        var made = _made.Publish()!.Value.Made;
        var whole = File.ReadAllBytes(made.File.Path);
        foreach (var changed in new[] { whole[..^1], [.. whole, 0], [.. whole[..^1], (byte)(whole[^1] ^ 1)] })
        {
            File.WriteAllBytes(made.File.Path, changed);
            AssertRefused(EditionGate.Piece, CheckFile(made.Manifest, made.File));
        }
    }

    [Fact]
    public void A_file_that_only_SHA_1_vouches_for_stops_at_the_eighth_gate()
    {
        var made = _made.Publish()!.Value.Made;
        var blob = made.Manifest.File;
        var zeros = new string('0', 64);
        EditionBlob[] lies = [blob with { Sha256 = zeros }, blob with { PiecesRoot = zeros }];
        foreach (var lie in lies)
            AssertRefused(EditionGate.Digest, CheckFile(made.Manifest with { File = lie }, made.File));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void Another_expansion_than_stated_stops_at_the_ninth_gate(int more)
    {
        var made = _made.Publish()!.Value.Made;
        var blob = made.Manifest.File with { RawBytes = made.Manifest.File.RawBytes + more };
        AssertRefused(EditionGate.Expansion, CheckFile(made.Manifest with { File = blob }, made.File));
    }

    [Fact]
    public void A_bomb_stops_at_the_ninth_gate()
    {
        var bomb = new MemoryStream();
        using (var to = new BrotliStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 0; i < 64; i++) to.Write(new byte[1024 * 1024]);
        AssertRefused(EditionGate.Expansion, Forged(bomb.ToArray(), 1_000, 1, "0"));
    }

    [Fact]
    public void Rows_that_no_household_could_have_made_stop_at_the_tenth_gate()
    {
        _made.Publish();
        var rows = _made.RowsBefore.Select(r => Encoding.UTF8.GetString(r)).ToArray();
        var import = rows.First(r => r.Contains("chromaprint", StringComparison.Ordinal))
            .Replace("chromaprint", "import");
        var path = rows[0].Replace("anarchive", "/home/ada/Pilot.mkv");
        string[][] wrong =
        [
            [.. rows[1..], rows[0]],
            [rows[0], rows[0]],
            [import],
            [path],
            ["{}"],
            [""],
            [rows[0] + "\r"],
            [.. rows[..3], "{\"part\":\"intro-markers\",\"v\":1,\"target\":[0,2],\"lww\":[1,0,2]}"],
        ];
        Assert.All(wrong, lines => AssertRefused(EditionGate.Rows, Forged(lines)));
        Assert.IsType<EditionVerdict.Pass>(Forged(rows));
    }

    [Fact]
    public void One_event_in_two_rows_stops_at_the_tenth_gate()
    {
        _made.Publish();
        var row = Encoding.UTF8.GetString(_made.RowsBefore.First(r =>
            EditionReader.TryReadPlace(r, out _, out var target) && target is null));
        var other = row.Replace("\"conf\":92", "\"conf\":93");
        Assert.NotEqual(row, other);
        AssertRefused(EditionGate.Rows, Forged(row, other));
    }

    [Fact]
    public void Rows_of_other_rules_or_numbers_stop_at_the_tenth_gate()
    {
        var made = _made.Publish()!.Value.Made;
        var blob = made.Manifest.File;
        AssertRefused(EditionGate.Rows, CheckFile(
            made.Manifest with { SchemaSha256 = new string('0', 64) }, made.File));
        AssertRefused(EditionGate.Rows, CheckFile(
            made.Manifest with { File = blob with { Rows = blob.Rows - 1 } }, made.File));
    }

    [Fact]
    public void Totals_below_K_stop_at_the_tenth_gate()
    {
        const string Row = """{"key":"work:mal:1/1/1","metric":"kept","week":"2026-W07","n":5}""";
        Assert.IsType<EditionVerdict.Pass>(Totals(5, Row));
        AssertRefused(EditionGate.Rows, Totals(5, Row.Replace(":5}", ":4}")));
        AssertRefused(EditionGate.Rows, Totals(10, Row));
        AssertRefused(EditionGate.Rows, Totals(5, Row.Replace(":5}", ":10}"), Row));
    }

    [Fact]
    public void Another_state_than_stated_stops_at_the_eleventh_gate()
    {
        var made = _made.Publish()!.Value.Made;
        AssertRefused(EditionGate.StateRoot, CheckFile(
            made.Manifest with { StateRoot = new string('0', 64) }, made.File));
    }

    [Fact]
    public void A_delta_on_other_rows_stops_at_the_eleventh_gate()
    {
        var first = _made.Publish()!.Value;
        _made.World.Add(EditionWorld.Marker(start: 4_200), hlc: 9_000);
        var delta = _made.Publish()!.Value.Made;
        Assert.Equal(EditionKind.Delta, delta.Manifest.Kind);
        var before = BrotliLines.Read(first.Made.File.Path, first.Made.Manifest.File.RawBytes, 10_000)
            .Select(l => l.ToArray()).ToArray();
        Assert.IsType<EditionVerdict.Pass>(CheckFile(delta.Manifest, delta.File, before));
        AssertRefused(EditionGate.StateRoot, CheckFile(delta.Manifest, delta.File, before[1..]));
        AssertRefused(EditionGate.StateRoot, CheckFile(delta.Manifest, delta.File, _made.RowsBefore));
    }

    private void Take((EditionClaim Claim, MadeEdition Made) edition)
    {
        var held = NetEditionRows.Held(_db, EditionWorld.Group);
        var before = NetEditionRows.Lines(_db, EditionWorld.Group).Select(l => l.ToArray()).ToArray();
        Assert.IsType<EditionVerdict.Pass>(_made.Check(edition, before, out var passed));
        Assert.IsType<EditionVerdict.Pass>(NetEditionRows.Import(_db, passed!, held, 490_000));
        _made.Held = NetEditionRows.Held(_db, EditionWorld.Group);
        Assert.Equal(edition.Made.Manifest.StateRoot, _made.Held!.StateRoot.ToString());
        AssertRows();
    }

    private void AssertRows() => Assert.Equal(
        _made.RowsBefore.Select(Convert.ToHexString),
        NetEditionRows.Lines(_db, EditionWorld.Group).Select(l => Convert.ToHexString(l.Span)));

    private static EditionVerdict CheckFile(
        PartEdition manifest, SavedEdition file, IEnumerable<byte[]>? held = null) =>
        EditionGatekeeper.CheckFile(
            manifest, file.Torrent, file.Path, () => EditionWorld.Lines(held ?? []));

    /// <summary>A full edition whose publisher signs whatever these lines are.</summary>
    private EditionVerdict Forged(params string[] lines)
    {
        var rows = lines.Select(l => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(l)).ToArray();
        using var to = new MemoryStream();
        var (raw, count) = BrotliLines.Write(to, rows);
        return Forged(to.ToArray(), raw, count, EditionState.RootOf(rows).ToString());
    }

    private EditionVerdict Forged(byte[] file, long raw, long rows, string root) =>
        Forged(EditionWorld.Manifest(cut: [.. _made.World.Cut]), file, raw, rows, root);

    private EditionVerdict Totals(int k, params string[] lines)
    {
        var rows = lines.Select(l => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(l)).ToArray();
        using var to = new MemoryStream();
        var (raw, count) = BrotliLines.Write(to, rows);
        return Forged(
            EditionWorld.Totals() with { K = k }, to.ToArray(), raw, count, EditionState.RootOf(rows).ToString());
    }

    private EditionVerdict Forged(PartEdition manifest, byte[] file, long raw, long rows, string root)
    {
        var path = _scratch.At("forged.br");
        File.WriteAllBytes(path, file);
        var digest = EditionDigest.Of(new MemoryStream(file), file.Length)!;
        var torrent = Metainfo.Make("forged.br", file.Length, digest.Pieces, "anarchive:x");
        var blob = manifest.File with
        {
            Bytes = file.Length,
            RawBytes = raw,
            Rows = rows,
            Sha256 = digest.Sha256.ToString(),
            PiecesRoot = digest.PiecesRoot.ToString(),
        };
        return EditionGatekeeper.CheckFile(
            manifest with { File = blob, StateRoot = root }, torrent, path, () => []);
    }

    private static void AssertRefused(EditionGate gate, EditionVerdict verdict) =>
        Assert.Equal(gate, Assert.IsType<EditionVerdict.Refuse>(verdict).Gate);
}
