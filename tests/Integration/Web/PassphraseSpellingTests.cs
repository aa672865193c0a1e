using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The owner's passphrase, as different keyboards spell it.</summary>
public sealed class PassphraseSpellingTests : IAsyncLifetime
{
    // As two keyboards give it: accents apart from their letters, and a space that does not break.
    private const string Typed = "un cafe\u0301 a\u0300\u00A0Gene\u0300ve";
    private const string OtherKeyboard = "un caf\u00E9 \u00E0 Gen\u00E8ve";

    private WebNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await WebNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_passphrase_is_the_same_from_every_keyboard()
    {
        var book = _node.Get<AccessBook>();
        Assert.Null(OwnerPassphrase.Check(Typed, OtherKeyboard));
        Assert.Null(await book.FoundAsync(Typed));
        Assert.Null(await book.VerifyAsync(OtherKeyboard));
        Assert.Null(await book.VerifyAsync(Typed));
        Assert.Equal("wrong_passphrase", (await book.VerifyAsync("un cafe a Geneve"))?.Code);
        using var visitor = new Visitor(_node);
        Assert.Equal(303, (await visitor.SignInAsync(Typed)).Status);
    }

    [Fact]
    public async Task One_that_was_kept_as_it_was_typed_serves_on_and_from_then_on_from_every_keyboard()
    {
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(OtherKeyboard));
        var unprepared = Sodium.HashPassphrase(System.Text.Encoding.UTF8.GetBytes(Typed));
        await _node.Get<LogWriter>().OnWriterAsync(
            db => db.Execute(
                "UPDATE meta SET value = @unprepared WHERE key = @PassphraseKey",
                new { unprepared, AccessBook.PassphraseKey }),
            Cancellation);
        var book = new AccessBook(_node.Get<Database>(), _node.Get<LogWriter>(), TimeProvider.System);
        Assert.Equal("wrong_passphrase", (await book.VerifyAsync(OtherKeyboard))?.Code);
        Assert.NotNull((await book.SignInAsync(Typed, "A browser", "127.0.0.1")).Session);
        Assert.Null(await book.VerifyAsync(OtherKeyboard));
        var later = new AccessBook(_node.Get<Database>(), _node.Get<LogWriter>(), TimeProvider.System);
        Assert.Null(await later.VerifyAsync(OtherKeyboard));
        Assert.Null(await later.VerifyAsync(Typed));
    }
}
