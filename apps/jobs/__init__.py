"""Work that takes longer than a page may: asked for, done by a worker, found again, taken back.

Declare it in `apps/<app>/tasks.py` (imported at start, in web and worker alike):

    from apps.jobs.registry import background
    from apps.jobs.running import JobFailed, JobRun

    @background("allocation.export_agreements", title="导出协议量明细", permissions=[Permission.EXPORT])
    def export_agreements(job: JobRun, *, project_id: int) -> None:
        job.progress(0, total, "正在读取")           # raises if cancelled: let it pass
        job.result(file_or_path, "协议量明细.xlsx")   # kept JOBS_KEEP_DAYS days
        job.say("已导出 1,204 行")

and ask for it from a view or service:

    from apps.jobs.services import enqueue
    job = enqueue("allocation.export_agreements", by=request.actor, project_id=project.pk,
                  back_url=request.get_full_path())
    return redirect(job)                             # /jobs/<id>/, a live bar

The work runs in the scope of its owner as it is then, with the rights asked again, in one transaction with its
own success: killed half way it leaves nothing behind and is started again; it is never done twice. Nobody
has more than JOBS_PER_OWNER jobs running at once, the n-th job of one person starts behind the first ones of all
others, and asking for the same work again while it is unfinished gives the same job.
Recurring work: `apps.jobs.periodic.periodic`.

Tests run what is waiting with `apps.jobs.inline.run_waiting_jobs()`.

The worker: `manage.py procrastinate worker` (any number of them, on any machine). It needs no
arguments: settings give it JOBS_CONCURRENCY jobs at once, and SIGTERM makes it hand back, within ten seconds or
at the next step of its jobs, what is not finished. A killed worker's jobs are taken up again within a minute by
any other worker, or by itself when it is back. Work of a priority above 0 (imports) goes to the queue `waited`:
`worker --queues waited` beside the others keeps a place free for it.
"""
