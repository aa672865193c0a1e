namespace Anarchive.Web;

/// <summary>Every bound of the pages and the REST API, with the reason it exists.</summary>
public static class WebLimits
{
    /// <summary>A payload of 64 KiB, with every character escaped in JSON or percent-encoded in a form.</summary>
    public const int BodyBytesMax = 512 * 1024;

    /// <summary>Messages in one import request; more requests share the same flushes.</summary>
    public const int ImportMax = 256;

    /// <summary>Items in one page of a list.</summary>
    public const int PageMax = 100;

    /// <summary>Items in one page where the request names no limit.</summary>
    public const int PageDefault = 25;

    /// <summary>Comments on one page of a thread; more make phones slow.</summary>
    public const int ThreadPage = 100;

    /// <summary>Full-text queries are typed by people.</summary>
    public const int QueryLengthMax = 200;

    /// <summary>Events read at once for one viewer of the JSON socket.</summary>
    public const int ViewerPageMax = 256;

    /// <summary>Channels one JSON socket may follow.</summary>
    public const int ChannelsMax = 32;

    /// <summary>A frame from a viewer names one channel.</summary>
    public const int ViewerFrameBytesMax = 4096;

    /// <summary>Sockets at one time; the page of one owner needs a handful.</summary>
    public const int ViewersMax = 256;

    /// <summary>Parts are rendered at most this often.</summary>
    public const int RenderEveryMs = 1000;

    /// <summary>
    /// Lists that are long to read are rendered only once they changed; what has no sign of a change, such as a disk
    /// that was pulled, shows within this.
    /// </summary>
    public const int RenderAnywayMs = 5_000;

    /// <summary>
    /// What took long to render rests that many times as long, up to <see cref="RenderAnywayMs"/>: while a large
    /// library is read every second brings a change.
    /// </summary>
    public const int RenderRestFactor = 20;

    /// <summary>Writes of one agent that may come at once; then <see cref="WritesPerSecond"/>.</summary>
    public const int WriteBurst = 120;

    /// <summary>Writes of one agent that are refilled each second.</summary>
    public const int WritesPerSecond = 20;

    /// <summary>Writes under way at once: enough that commits are full; more would only make each other wait.</summary>
    public const int WritesAtOnce = 256;

    /// <summary>Writes that may wait for their turn; a few seconds' worth.</summary>
    public const int WritesWaiting = 4_096;

    /// <summary>Reads of one caller that may come at once; then <see cref="ReadsPerSecond"/>.</summary>
    public const int ReadBurst = 600;

    /// <summary>Reads of one caller that are refilled each second.</summary>
    public const int ReadsPerSecond = 300;

    /// <summary>Agents an unauthenticated program may register at once; one more each six seconds.</summary>
    public const int RegisterBurst = 30;
}
