using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Puts Net together: part groups, what the owner agreed to, and what is merged from them.</summary>
public static class PartComposition
{
    /// <summary>Needs sync and pairing; <see cref="PartEndpoints.MapParts"/> adds routes.</summary>
    public static IServiceCollection AddParts(this IServiceCollection services)
    {
        services.AddSingleton<IProjection>(s => new PartProjection(
            s.GetRequiredService<Database>(), s.GetRequiredService<SqliteEventStore>()));
        services.AddSingleton<PartConsents>();
        services.AddSingleton<PartBook>();
        services.AddSingleton<TotalsBook>();
        services.AddSingleton(s => new SignalBox(s.GetRequiredService<NodeKey>().NodeSecret));
        services.AddSingleton<Households>();
        services.AddSingleton<Aggregator>();
        services.AddSingleton<TotalsDesk>();
        services.AddSingleton<TotalsRecords>();
        services.AddSingleton<SignalQuotas>();
        services.AddSingleton<ReportBook>();
        services.AddSingleton<ReportPost>();
        services.AddHostedService<SignalLoop>();
        services.AddSingleton<OwnParts>();
        services.AddHostedService(s => s.GetRequiredService<OwnParts>());
        services.AddSingleton<PartOffers>();
        services.AddHostedService(s => s.GetRequiredService<PartOffers>());
        services.AddSingleton<ObservationQueue>();
        services.AddSingleton<Retractions>();
        services.AddHostedService<PartUpkeep>();
        services.AddSingleton<ItemScopes>();
        services.AddSingleton<PartRecords>();
        services.AddSingleton<PartQueries>();
        services.AddSingleton<PartActs>();
        services.AddSingleton<FolderActs>();
        services.AddSingleton<LocatedThemes>();
        services.AddSingleton<Detections>();
        services.AddSingleton<LocalCodecs>();
        services.AddSingleton<EditionBooks>();
        services.AddSingleton<EditionChanges>();
        services.AddSingleton<EditionPins>();
        services.AddSingleton<EditionDesk>();
        services.AddSingleton<EditionIntake>();
        services.AddSingleton<EditionKeeper>();
        services.AddHostedService<EditionLoop>();
        // Looked up late: the books ask for clients, which ask for quotas of what is served.
        services.AddSingleton<MayReadBlob>(s => (peer, ih) => s.GetRequiredService<EditionBooks>().MayRead(peer, ih));
        services.AddSingleton<BlobSourcesOf>(s => ih => s.GetRequiredService<EditionBooks>().SourcesOf(ih));
        services.AddSingleton<PlayerMarkers>();
        services.AddSingleton<ReadToken>();
        return services;
    }
}
