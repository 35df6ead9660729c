"""What beat calls: no arguments, no result. A lost, late or doubled call changes nothing, the rows say what is due."""

from reports.jobs import TASK, write_waiting
from submissions.scanning import scan_waiting
from workflow.delivery import deliver as deliver_messages
from workflow.sweep import sweep as sweep_clocks

from .celery import app
from .housekeeping import housekeeping as keep_house


@app.task(name="pakn.sweep")
def sweep():
    sweep_clocks()


@app.task(name="pakn.deliver")
def deliver():
    deliver_messages()


@app.task(name="pakn.scan")
def scan():
    scan_waiting()


@app.task(name=TASK, soft_time_limit=1700, time_limit=1760)
def write_reports():
    write_waiting()


@app.task(name="pakn.housekeeping", soft_time_limit=1800, time_limit=1860)
def housekeeping():
    keep_house()
