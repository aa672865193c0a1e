namespace Anarchive.Node;

/// <summary>Opens sealed chunks; hands out nothing that was not sealed by the same passphrase, in order.</summary>
internal sealed class OpeningStream(Stream from, BackupHeader header, byte[] state) : Stream
{
    private readonly byte[] _sealed = new byte[SealingStream.ChunkBytes + Sodium.StreamOverheadBytes];
    private readonly byte[] _plain = new byte[SealingStream.ChunkBytes];
    private int _at;
    private int _filled;
    private bool _anyOpened;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="BackupException"><c>wrong_passphrase</c> or <c>backup_damaged</c>.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _filled && !_ended) ReadChunk();
        var taken = Math.Min(buffer.Length, _filled - _at);
        _plain.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void ReadChunk()
    {
        var got = from.ReadAtLeast(_sealed, _sealed.Length, throwOnEndOfStream: false);
        if (got < Sodium.StreamOverheadBytes
            || !Sodium.TryOpen(state, _sealed.AsSpan(0, got), header.Written, _plain, out var isLast))
            throw _anyOpened || got < Sodium.StreamOverheadBytes
                ? BackupException.Damaged()
                : new BackupException(
                    "wrong_passphrase", "This passphrase does not open the backup, or its beginning was changed.");
        // Nothing may follow the last chunk, and no other may end the file.
        if (isLast ? from.ReadByte() >= 0 : got < _sealed.Length) throw BackupException.Damaged();
        (_at, _filled, _anyOpened, _ended) = (0, got - Sodium.StreamOverheadBytes, true, isLast);
    }
}
