"""The worker as production runs it: while the database is away it asks for it again and again, and then goes on.

Invariant: it ends when it is told to, or by a fault that does not pass. procrastinate's own worker ends when the
database has been away for half a minute; what it had in hand is taken up again as that of any dead worker
(`apps.jobs.tasks.recover`).
"""

import asyncio
import logging
import signal
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from apps.scope.passing import look_for_server, passes

PAUSE = 2.0  # seconds between two looks for the database
logger = logging.getLogger(__name__)


async def work_until_stopped(options: dict[str, Any]) -> None:
    """A worker with procrastinate's options, until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    while not stopped.is_set():
        try:
            await _work(options, stopped)
        except Exception as error:
            if not passes(error):
                raise
            logger.warning("worker without a database", extra={"why": str(error)})
        if options.get("wait") is False:
            return
        await _until(stopped, PAUSE)


async def _work(options: dict[str, Any], stopped: asyncio.Event) -> None:
    """As long as the database is there; whoever is told to stop hands back what isn't finished."""
    await sync_to_async(look_for_server)()
    line = PsycopgConnector(kwargs=connector_params(), timeout=settings.JOBS_LINE_SECONDS)
    with app.replace_connector(line):
        async with app.open_async():
            told = asyncio.create_task(stopped.wait())
            work = asyncio.create_task(
                app.run_worker_async(install_signal_handlers=False, **options)
            )
            await asyncio.wait({told, work}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if not work.done():
                work.cancel()
            await asyncio.wait({work})
            if not work.cancelled() and (error := work.exception()):
                raise error


async def _until(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
