namespace Anarchive.Net;

/// <summary>By which rules the rows of a part were written: a hash that manifests state.</summary>
/// <remarks>
/// SHA-256 over <c>anarchive/v1/net-rows</c>, a zero byte, the form (<c>fleet</c> or <c>totals</c>), a zero byte, and
/// the files of docs/schema/net for the kinds of its rows, in the order of their names. Written down, not computed: a
/// library that words schemas otherwise must not part this node from the others. A test compares.
/// </remarks>
public static class EditionSchema
{
    /// <summary>The schema files of a part's rows, by name.</summary>
    public static IReadOnlyList<string> FilesOf(string part) => part switch
    {
        "intro-markers" => ["marker_observed", "observation_retracted", "theme_observed"],
        "grouping" => ["grouping_observed", "observation_retracted"],
        "quality" => ["observation_retracted", "quality_observed"],
        "signal" => ["signal_row"],
        _ => ["hint_row"],
    };

    /// <summary>In hexadecimal digits; empty for what has no editions.</summary>
    public static string Of(string part, EditionRing ring) => (part, ring) switch
    {
        ("intro-markers", EditionRing.Friends) =>
            "cd64987483ad76861f7a6f11e006f63740b6b61ce47a51678146fd1daf93d780",
        ("grouping", EditionRing.Friends) =>
            "c9942a3fc24cf402c944fba5237c29df60e64fb9640c496c7eaf097ee43d3bc0",
        ("quality", EditionRing.Friends) =>
            "670a6e40269b454a278054dcb89d2563800862a4594a8980357530744c06dcec",
        ("signal", EditionRing.Network) =>
            "00e7655bac0225b07a5c6b2a0374e6f43f1ea7412c8270cafa592d320302221c",
        ("peers-hints", EditionRing.Network) =>
            "6fd2d44bb49a32fd24e0b3e95893f6d6e29d29cde78747c11412ac9af61fa5f5",
        _ => "",
    };
}
