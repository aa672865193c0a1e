namespace Anarchive.Node;

/// <summary>Seals what is written, chunk by chunk. Only <see cref="Finish"/> makes it whole.</summary>
internal sealed class SealingStream(Stream to, BackupHeader header, byte[] state) : Stream
{
    public const int ChunkBytes = 64 * 1024;

    private readonly byte[] _plain = new byte[ChunkBytes];
    private readonly byte[] _sealed = new byte[ChunkBytes + Sodium.StreamOverheadBytes];
    private int _filled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes the last chunk, which says that it is the last.</summary>
    public void Finish() => WriteChunk(isLast: true);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // A full chunk waits for its successor: it may be the last.
            if (_filled == ChunkBytes) WriteChunk(isLast: false);
            var taken = Math.Min(buffer.Length, ChunkBytes - _filled);
            buffer[..taken].CopyTo(_plain.AsSpan(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteChunk(bool isLast)
    {
        var chunk = _sealed.AsSpan(0, _filled + Sodium.StreamOverheadBytes);
        Sodium.Seal(state, _plain.AsSpan(0, _filled), header.Written, isLast, chunk);
        to.Write(chunk);
        _filled = 0;
    }
}
