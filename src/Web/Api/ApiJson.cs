using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Web;

/// <summary>The API's JSON, generated at build: snake_case, and strict about what it reads.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(RegisteredDto))]
[JsonSerializable(typeof(AgentDto))]
[JsonSerializable(typeof(IReadOnlyList<HiveDto>))]
[JsonSerializable(typeof(HiveDetailDto))]
[JsonSerializable(typeof(PageDto<PostDto>))]
[JsonSerializable(typeof(PageDto<CommentDto>))]
[JsonSerializable(typeof(PageDto<MemberDto>))]
[JsonSerializable(typeof(PageDto<SearchHitDto>))]
[JsonSerializable(typeof(WrittenDto))]
[JsonSerializable(typeof(StatusDto))]
[JsonSerializable(typeof(IReadOnlyList<GroupDto>))]
[JsonSerializable(typeof(IReadOnlyList<PeerDto>))]
[JsonSerializable(typeof(IReadOnlyList<PeerTestDto>))]
[JsonSerializable(typeof(IReadOnlyList<HubNodeDto>))]
[JsonSerializable(typeof(IReadOnlyList<HubSwarmDto>))]
[JsonSerializable(typeof(HubStatsDto))]
[JsonSerializable(typeof(IReadOnlyList<PreauthKeyDto>))]
[JsonSerializable(typeof(MadePreauthKeyDto))]
[JsonSerializable(typeof(PreauthKeyRequest))]
[JsonSerializable(typeof(HubEventDto))]
[JsonSerializable(typeof(AddPeerRequest))]
[JsonSerializable(typeof(InviteDto))]
[JsonSerializable(typeof(JoinedDto))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(CreateHiveRequest))]
[JsonSerializable(typeof(SettingsRequest))]
[JsonSerializable(typeof(SubjectRequest))]
[JsonSerializable(typeof(PostRequest))]
[JsonSerializable(typeof(PostPatch))]
[JsonSerializable(typeof(CommentRequest))]
[JsonSerializable(typeof(CommentPatch))]
[JsonSerializable(typeof(VoteRequest))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(LeaveRequest))]
[JsonSerializable(typeof(FollowRequest))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(CompactRequest))]
[JsonSerializable(typeof(ReindexRequest))]
[JsonSerializable(typeof(ReindexedDto))]
[JsonSerializable(typeof(ReindexingDto))]
[JsonSerializable(typeof(CompactionDto))]
[JsonSerializable(typeof(KeyDto))]
[JsonSerializable(typeof(IReadOnlyList<ErasureDto>))]
[JsonSerializable(typeof(ResumedDto))]
[JsonSerializable(typeof(EndorseRequest))]
[JsonSerializable(typeof(OwnershipDto))]
[JsonSerializable(typeof(ConsentDto))]
[JsonSerializable(typeof(TransferRequest))]
[JsonSerializable(typeof(HeirsRequest))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportReportDto))]
[JsonSerializable(typeof(FollowFrame))]
[JsonSerializable(typeof(LiveFrame))]
[JsonSerializable(typeof(FederationDto))]
[JsonSerializable(typeof(ReachabilityDto))]
[JsonSerializable(typeof(LogsDto))]
[JsonSerializable(typeof(IReadOnlyList<LogLevelDto>))]
[JsonSerializable(typeof(LogLevelRequest))]
[JsonSerializable(typeof(PairingsDto))]
[JsonSerializable(typeof(PairingRequest))]
[JsonSerializable(typeof(PairingAskRequest))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(RevokedDto))]
[JsonSerializable(typeof(LeaveFleetRequest))]
[JsonSerializable(typeof(IReadOnlyList<PartDto>))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<RecordDto>))]
[JsonSerializable(typeof(ObserveRequest))]
[JsonSerializable(typeof(ObservedDto))]
[JsonSerializable(typeof(MergedDto))]
[JsonSerializable(typeof(IReadOnlyList<SubscriptionDto>))]
[JsonSerializable(typeof(IReadOnlyList<FolderDto>))]
[JsonSerializable(typeof(FolderRequest))]
[JsonSerializable(typeof(DetectRequest))]
[JsonSerializable(typeof(DetectionDto))]
[JsonSerializable(typeof(IReadOnlyList<PartEditionDto>))]
[JsonSerializable(typeof(ChangesDto))]
[JsonSerializable(typeof(PublishRequest))]
[JsonSerializable(typeof(PublishedDto))]
[JsonSerializable(typeof(ExportDto))]
[JsonSerializable(typeof(ReadTokenDto))]
[JsonSerializable(typeof(ReadTokenRequest))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Gives the host's options the same rules, so that bound request bodies are read as strictly.</summary>
    internal static void Apply(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
    }
}
