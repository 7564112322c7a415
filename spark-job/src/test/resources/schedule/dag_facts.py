"""Prints what a DAG file makes, and how its task ends, as one JSON line.

Arguments: the DAG file, then the exit code of spark-submit, which is not run. Under an interpreter that has
Airflow and its providers, the DAG is Airflow's own. Elsewhere it is made of stand-ins, whose constructors take
the same parameters, so that a wrong name is an error.
"""

import json
import runpy
import sys
import types
from importlib.util import find_spec

REAL = find_spec("airflow") is not None


def submitted():
    """Handles the exit code of spark-submit as the provider's hook does."""
    code = int(sys.argv[2])
    if code:
        raise AirflowException(f"Cannot execute: spark-submit --name x 3. Error code is: {code}.")


class AirflowException(Exception):
    pass


class AirflowFailException(AirflowException):
    pass


class AirflowSkipException(AirflowException):
    pass


class CronDataIntervalTimetable:
    def __init__(self, cron, timezone):
        self.cron, self.timezone = cron, timezone

    @property
    def summary(self):
        return self.cron


class DAG:
    current = None

    def __init__(self, dag_id, description=None, schedule=None, start_date=None, end_date=None, catchup=True,
                 max_active_runs=16, default_args=None, tags=None, dagrun_timeout=None,
                 on_failure_callback=None, doc_md=None):
        self.dag_id, self.schedule, self.start_date = dag_id, schedule, start_date
        self.catchup, self.max_active_runs = catchup, max_active_runs
        self.default_args, self.tasks = default_args or {}, []

    def __enter__(self):
        DAG.current = self
        return self

    def __exit__(self, *_):
        DAG.current = None


class BaseOperator:
    def __init__(self, *, task_id, owner="airflow", retries=0, retry_delay=None, depends_on_past=False,
                 execution_timeout=None, on_failure_callback=None, pool=None, trigger_rule="all_success"):
        self.task_id, self.retries, self.depends_on_past = task_id, retries, depends_on_past
        self.execution_timeout, self.on_failure_callback = execution_timeout, on_failure_callback
        self.downstream_task_ids = set()
        DAG.current.tasks.append(self)

    def __rshift__(self, other):
        self.downstream_task_ids.add(other.task_id)
        return other


def merged(kwargs):
    return {**DAG.current.default_args, **kwargs}


class SparkSubmitOperator(BaseOperator):
    def __init__(self, *, application="", conf=None, conn_id="spark_default", files=None, py_files=None,
                 archives=None, driver_class_path=None, jars=None, java_class=None, packages=None,
                 exclude_packages=None, repositories=None, total_executor_cores=None, executor_cores=None,
                 executor_memory=None, driver_memory=None, keytab=None, principal=None, proxy_user=None,
                 name="arrow-spark", num_executors=None, status_poll_interval=1, application_args=None,
                 env_vars=None, verbose=False, spark_binary=None, properties_file=None, yarn_queue=None,
                 deploy_mode=None, use_krb5ccache=False, **kwargs):
        super().__init__(**merged(kwargs))
        self.application_args, self.conf, self._deploy_mode = application_args, conf, deploy_mode

    def execute(self, context):
        submitted()


class WebHdfsSensor(BaseOperator):
    def __init__(self, *, filepath, webhdfs_conn_id="webhdfs_default", poke_interval=60, timeout=7 * 86400,
                 soft_fail=False, mode="poke", exponential_backoff=False, **kwargs):
        super().__init__(**merged(kwargs))
        self.filepath, self.mode = filepath, mode


def module(name, **members):
    made = types.ModuleType(name)
    made.__path__ = []
    vars(made).update(members)
    sys.modules[name] = made


if REAL:
    # Replaces stand-ins by the classes of Airflow.
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
    from airflow.providers.common.compat.sdk import AirflowException

    SparkSubmitHook.__init__ = lambda self, **_: None
    SparkSubmitHook.submit = lambda self, application="", **_: submitted()
    SparkSubmitHook._should_track_driver_status = False
    SparkSubmitHook._is_yarn_cluster_mode = False
    SparkSubmitHook._should_track_driver_via_k8s_api = lambda self: False
else:
    module("airflow")
    module("airflow.timetables")
    module("airflow.timetables.interval", CronDataIntervalTimetable=CronDataIntervalTimetable)
    for package in ("", ".common", ".common.compat", ".apache", ".apache.spark", ".apache.spark.operators",
                    ".apache.hdfs", ".apache.hdfs.sensors"):
        module("airflow.providers" + package)
    module("airflow.providers.common.compat.sdk", DAG=DAG, AirflowException=AirflowException,
           AirflowFailException=AirflowFailException, AirflowSkipException=AirflowSkipException)
    module("airflow.providers.apache.spark.operators.spark_submit", SparkSubmitOperator=SparkSubmitOperator)
    module("airflow.providers.apache.hdfs.sensors.web_hdfs", WebHdfsSensor=WebHdfsSensor)

sys.stdout, out = sys.stderr, sys.stdout
dag = runpy.run_path(sys.argv[1])["dag"]
wait, nightly = dag.tasks
instance = types.SimpleNamespace(task_id=nightly.task_id)
try:
    nightly.execute({"task_instance": instance, "data_interval_start": "2026-11-24"})
    end = "success"
except Exception as e:
    end = type(e).__name__
timetable = dag.schedule
print(json.dumps({
    "real": REAL, "cron": timetable.summary, "catchup": dag.catchup,
    "timezone": str(timetable._timezone if REAL else timetable.timezone),
    "max_active_runs": dag.max_active_runs, "start": dag.start_date.isoformat(),
    "wait": wait.filepath, "mode": wait.mode, "then": sorted(wait.downstream_task_ids),
    "words": nightly.application_args, "conf": nightly.conf, "deploy_mode": nightly._deploy_mode,
    "retries": nightly.retries, "depends_on_past": nightly.depends_on_past,
    "timeout": nightly.execution_timeout.total_seconds(),
    "alerts": bool(nightly.on_failure_callback), "end": end}), file=out)
