"""The worker: a process of its own that trains, `python -m app.worker`.

    __main__    the process: its lock, its priority, its end
    durable     the workflow of a job on DBOS: what goes on by itself after a crash
    rota        what a worker does beside training: hand jobs over, say that it lives, take over from those that do not
    trainer     a job in steps of a few seconds, each of which ends with a checkpoint in the store
    judging     whether what was trained goes into service
    patience    waiting for a database that is away

DBOS lives here and nowhere else; the API and the worker meet in `app.store`.
"""
