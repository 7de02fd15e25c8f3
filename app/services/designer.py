"""The services of one running designer, put together."""

import atexit
from dataclasses import dataclass
from typing import Self

from app.services.data_work import DataWork
from app.services.datasets.own import deleting
from app.services.deleted_runs import remove_forgotten
from app.services.examining import Examiner
from app.services.jobs import JobPool
from app.services.presence import Presence
from app.services.projects import Projects
from app.services.run_store import EXPORT_JOB, RunStore
from app.services.settings import Settings, resolve_settings, work_in
from app.services.store import Store
from app.services.workers import Workers


@dataclass(frozen=True)
class Designer:
    """Everything the pages work with.

    Args:
        settings: The folders.
        projects: The users' designs.
        runs: Training runs and what they reported.
        jobs: The worker processes that train.
        exports: Those that write files to take away: they do not wait for a training to end.
        store: The database under projects and runs.
        presence: Says that this designer is running.
        workers: Starts the processes.
        examiner: Asks trained models.
        data_work: Reads users' files in and prepares them.
    """

    settings: Settings
    projects: Projects
    runs: RunStore
    jobs: JobPool
    exports: JobPool
    store: Store
    presence: Presence
    workers: Workers
    examiner: Examiner
    data_work: DataWork

    @classmethod
    def start(cls) -> Self:
        """Opens the data directory and takes over what an earlier designer left behind.

        It is closed when the process ends in order.
        """
        settings = resolve_settings()
        work_in(settings.data_dir)
        store = Store(settings.database)
        presence = Presence(settings.presence_dir)
        runs = RunStore(store, presence.name)
        waiting = runs.take_over(presence.is_present)
        workers = Workers()
        jobs = JobPool(settings, runs, workers=workers)
        exports = JobPool(settings, runs, limit=1, workers=workers)
        for run in waiting:
            (exports if run.job == EXPORT_JOB else jobs).enqueue(run)
        examiner = Examiner(settings, workers)
        data_work = DataWork(settings.data_dir, workers)
        if presence.is_alone:
            data_work.take_over()
            deleting.sweep()
            remove_forgotten(runs, settings)
        designer = cls(
            settings, Projects(store), runs, jobs, exports, store, presence, workers, examiner, data_work
        )
        atexit.register(designer.close)
        return designer

    def close(self) -> None:
        """Lets the runs save what they have, and closes the data directory."""
        atexit.unregister(self.close)
        self.examiner.close()
        self.exports.close()
        self.jobs.close()
        self.data_work.close()
        self.workers.close()
        self.presence.close()
        self.store.close()
