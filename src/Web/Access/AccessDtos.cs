namespace Anarchive.Web;

/// <summary>
/// Who may come in. A day is the last on which something was used, as the first millisecond of it (UTC).
/// </summary>
public sealed record AccessDto(
    bool Owner, IReadOnlyList<SessionDto> Sessions, IReadOnlyList<TokenDto> Tokens);

/// <summary>A browser that is signed in.</summary>
public sealed record SessionDto(
    string Id, string Browser, string Address, long SinceMs, long ExpiresMs, long UsedDayMs);

/// <summary>A program's token; <c>scope</c> is read, write or owner. Its text is not kept.</summary>
public sealed record TokenDto(string Id, string Name, string Scope, long MadeMs, long? UsedDayMs);

/// <summary>A fresh token with its text, which is shown this once.</summary>
public sealed record MadeTokenDto(TokenDto Token, string Text);

public sealed record TokenRequest(string Name, string Scope);

public sealed record AccessResetRequest(bool DryRun);

/// <summary>What a reset did, or would do in a dry run.</summary>
public sealed record AccessResetDto(bool DryRun, bool Owner, int Sessions, int Tokens);

/// <summary>A link for the first run, under each address of this machine.</summary>
public sealed record SetupLinkDto(IReadOnlyList<string> Links, long ExpiresMs);
