using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Something the writer is asked to do. It is answered after the commit that makes it durable.</summary>
internal abstract class WriterRequest
{
    private WriterRequest()
    {
    }

    /// <summary>Hands out the answer; called once, after the commit.</summary>
    public abstract void Answer();

    /// <summary>Ends the request without an answer: it was refused, or the writer stopped.</summary>
    public abstract void Fail(Exception cause);

    /// <summary>A request with one typed answer.</summary>
    public abstract class Returning<T> : WriterRequest
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _answer.Task;

        public T? Result { get; set; }

        public override void Answer() => _answer.TrySetResult(Result!);

        public override void Fail(Exception cause) => _answer.TrySetException(cause);
    }

    public sealed class Write(GroupId group, IReadOnlyList<Draft> drafts) : Returning<IReadOnlyList<EventRef>>
    {
        public GroupId Group { get; } = group;

        public IReadOnlyList<Draft> Drafts { get; } = drafts;
    }

    public sealed class Receive(GroupId group, NodeId from, IReadOnlyList<CheckedBatch> batches)
        : Returning<IntakeReport>
    {
        public GroupId Group { get; } = group;

        public NodeId From { get; } = from;

        public IReadOnlyList<CheckedBatch> Batches { get; } = batches;

        public List<ParkedRun> Parked { get; } = [];

        public List<RefusedRun> Refused { get; } = [];

        public long Appended { get; set; }
    }

    /// <summary>Puts owed payloads into the events that lack them; answers with how many fitted.</summary>
    public sealed class Fill(GroupId group, IReadOnlyList<(Position, Payload)> payloads) : Returning<int>
    {
        public GroupId Group { get; } = group;

        public IReadOnlyList<(Position Position, Payload Payload)> Payloads { get; } = payloads;
    }

    /// <summary>Makes a genesis and writes nothing: the group can be spoken of before it is founded.</summary>
    public sealed class Plan(ReadOnlyMemory<byte> genesisPayload) : Returning<Batch>
    {
        public ReadOnlyMemory<byte> GenesisPayload { get; } = genesisPayload;
    }

    /// <summary>Founds a group with a genesis of now, or with one that was planned.</summary>
    public sealed class Found(ReadOnlyMemory<byte> genesisPayload, string kind, string ring, Batch? planned = null)
        : Returning<GroupId>
    {
        public ReadOnlyMemory<byte> GenesisPayload { get; } = genesisPayload;

        public Batch? Planned { get; } = planned;

        public string Kind { get; } = kind;

        public string Ring { get; } = ring;
    }

    public sealed class Follow(StoredGroup group) : Returning<bool>
    {
        public StoredGroup Group { get; } = group;
    }

    public sealed class AddFork(GroupId group, ForkProof proof) : Returning<bool>
    {
        public GroupId Group { get; } = group;

        public ForkProof Proof { get; } = proof;
    }

    /// <summary>Judges parked batches again whose clock may have come.</summary>
    public sealed class Tick : Returning<bool>;

    /// <summary>Folds a group anew; all groups where null.</summary>
    public sealed class Refold(GroupId? group) : Returning<long>
    {
        public GroupId? Group { get; } = group;
    }

    /// <summary>Makes an edition of a group and drops what it replaces; a dry run only tells.</summary>
    public sealed class Compact(GroupId group, bool dryRun) : Returning<Compaction>
    {
        public GroupId Group { get; } = group;

        public bool DryRun { get; } = dryRun;
    }

    /// <summary>Takes an edition over; answers why not, where it does not.</summary>
    public sealed class Import(CheckedEdition edition) : Returning<EditionFault>
    {
        public CheckedEdition Edition { get; } = edition;
    }

    /// <summary>A peer holds more of our own chain than we do: this database is an old copy.</summary>
    public sealed class RenewIncarnation : Returning<bool>;

    /// <summary>Signs with another key of this node from now on, in every group at once.</summary>
    public sealed class Rekey(Func<WriterIdentity, WriterIdentity> change) : Returning<bool>
    {
        /// <summary>Makes the new key durable.</summary>
        public Func<WriterIdentity, WriterIdentity> Change { get; } = change;
    }

    public abstract class Work : WriterRequest
    {
        public abstract void Run(SqliteConnection connection);
    }

    public sealed class Work<T>(Func<SqliteConnection, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _answer.Task;

        public override void Run(SqliteConnection connection) => _result = work(connection);

        public override void Answer() => _answer.TrySetResult(_result!);

        public override void Fail(Exception cause) => _answer.TrySetException(cause);
    }
}
