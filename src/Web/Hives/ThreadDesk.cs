using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Lays out the pages of a thread for the owner of this node.</summary>
internal sealed class ThreadDesk(HiveQueries queries, HiveCommands commands, AgentRegistry agents)
{
    public Task<LocalAgent> ViewerAsync() => agents.OwnerAsync(CancellationToken.None);

    /// <summary>Who wrote under a post takes part in its hive.</summary>
    public async Task TakePartAsync(LocalAgent writer, string post)
    {
        if (queries.Post(post, writer) is { } of)
            await commands.TakePartAsync(writer, of.Hive, CancellationToken.None);
    }

    /// <summary>Where a comment is seen: in its thread, or by itself where that has more than its first page.</summary>
    public async Task<string> PlaceOfAsync(string post, string comment) =>
        queries.Post(post, await ViewerAsync()) is { Comments: > WebLimits.ThreadPage }
            ? Links.Comment(comment)
            : $"{Links.Post(post)}#c-{comment}";

    public async Task<IResult> ThreadAsync(string id, string? cursor, CommentFields form)
    {
        var viewer = await ViewerAsync();
        if (queries.Post(id, viewer) is not { } post) return PageAnswers.Page(Problem.NotFound("post"));
        if (queries.Comments(id, cursor, WebLimits.ThreadPage, viewer) is not { } comments)
            return PageAnswers.Page(Problems.BadCursor);
        return PageAnswers.Show<PostPage>(
            new
            {
                Post = post,
                Comments = comments,
                Topic = LiveTopic.Thread(id, cursor),
                Form = form,
                Mute = commands.WhyMute(post.Hive, viewer),
            },
            form.Problem);
    }

    public async Task<IResult> CommentAsync(string id, CommentFields? form, bool edits, bool fragment)
    {
        var viewer = await ViewerAsync();
        if (queries.Comment(id, viewer) is not { } comment || queries.Post(comment.PostId, viewer) is not { } post)
            return PageAnswers.Page(Problem.NotFound("comment"));
        // What cannot be edited is not offered to be; an old link leads to where the comment is.
        if (edits && form is null && !comment.Rights.MayEdit) return PageAnswers.SeeOther(Links.Comment(id));
        form ??= new CommentFields(comment.Content ?? "");
        var mute = commands.WhyMute(post.Hive, viewer);
        if (!fragment)
            return PageAnswers.Show<CommentPage>(
                new { Post = post, Comment = comment, Form = form, Edits = edits, Mute = mute }, form.Problem);
        return PageAnswers.Show<CommentForm>(
            new
            {
                Action = Links.Comment(id) + "/reply",
                Label = T("Your reply to this comment"),
                Submit = T("Reply"),
                Cancel = $"{Links.Post(post.Id)}#c-{id}",
                Form = form,
            },
            form.Problem);
    }

    /// <summary>The post or comment with the refusal of the vote beside it, for a browser without script.</summary>
    public async Task<IResult> VoteRefusedAsync(string id, Problem problem)
    {
        var viewer = await ViewerAsync();
        var refused = new Refusal(id, problem);
        var form = new CommentFields();
        if (queries.Comment(id, viewer) is { } comment && queries.Post(comment.PostId, viewer) is { } parent)
            return PageAnswers.Show<CommentPage>(
                new
                {
                    Post = parent,
                    Comment = comment,
                    Form = form,
                    Refused = refused,
                    Mute = commands.WhyMute(parent.Hive, viewer),
                },
                problem);
        if (queries.Post(id, viewer) is not { } post
            || queries.Comments(id, null, WebLimits.ThreadPage, viewer) is not { } comments)
            return PageAnswers.Page(problem);
        var topic = LiveTopic.Thread(id, null);
        return PageAnswers.Show<PostPage>(
            new
            {
                Post = post,
                Comments = comments,
                Topic = topic,
                Form = form,
                Refused = refused,
                Mute = commands.WhyMute(post.Hive, viewer),
            },
            problem);
    }

    public async Task<IResult> EditPostAsync(string id, PostFields? form)
    {
        if (queries.Post(id, await ViewerAsync()) is not { } post) return PageAnswers.Page(Problem.NotFound("post"));
        if (form is null && !post.Rights.MayEdit) return PageAnswers.SeeOther(Links.Post(id));
        form ??= new PostFields(post.Title ?? "", post.Content ?? "", post.Url ?? "");
        return PageAnswers.Show<PostEdit>(new { Post = post, Form = form }, form.Problem);
    }

    public async Task<IResult> DeletePostAsync(string id, Problem? problem) =>
        queries.Post(id, await ViewerAsync()) is not { } post ? PageAnswers.Page(Problem.NotFound("post"))
            : problem is null && !post.Rights.MayDelete ? PageAnswers.SeeOther(Links.Post(id))
            : Delete(T("Delete this post?"), Links.Title(post), Links.Post(id), Links.Post(id), problem);

    public async Task<IResult> DeleteCommentAsync(string id, Problem? problem) =>
        queries.Comment(id, await ViewerAsync()) is not { } comment ? PageAnswers.Page(Problem.NotFound("comment"))
            : problem is null && !comment.Rights.MayDelete ? PageAnswers.SeeOther(Links.Comment(id))
            : Delete(T("Delete this comment?"), Excerpt.Of(comment.Content, 300) ?? "", Links.Comment(id),
                $"{Links.Post(comment.PostId)}#c-{id}", problem);

    private static IResult Delete(string title, string excerpt, string target, string cancel, Problem? problem) =>
        PageAnswers.Show<DeletePage>(
            new { Title = title, Excerpt = excerpt, Action = target + "/delete", Cancel = cancel, Problem = problem },
            problem);

}
