"""Runs a DAG file on stand-ins for the parts of Airflow that it imports, and prints what it has made.

Arguments: the DAG file, then what spark-submit is to return. Constructors take the parameters that Airflow
2.9's and the providers' have, so that a wrong name is an error. Prints one JSON line.
"""

import json
import runpy
import sys
import types


class AirflowException(Exception):
    pass


class AirflowFailException(AirflowException):
    pass


class AirflowSkipException(AirflowException):
    pass


class CronDataIntervalTimetable:
    def __init__(self, cron, timezone):
        self.cron, self.timezone = cron, timezone


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
        self.downstream = []
        DAG.current.tasks.append(self)

    def __rshift__(self, other):
        self.downstream.append(other.task_id)
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
        self.words, self.conf, self.deploy_mode = application_args, conf, deploy_mode

    def execute(self, context):
        code = int(sys.argv[2])
        if code:
            raise AirflowException(f"Cannot execute: spark-submit --name x 3. Error code is: {code}.")


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


module("airflow", DAG=DAG)
module("airflow.exceptions", AirflowException=AirflowException, AirflowFailException=AirflowFailException,
       AirflowSkipException=AirflowSkipException)
module("airflow.timetables")
module("airflow.timetables.interval", CronDataIntervalTimetable=CronDataIntervalTimetable)
for package in ("", ".apache", ".apache.spark", ".apache.spark.operators", ".apache.hdfs", ".apache.hdfs.sensors"):
    module("airflow.providers" + package)
module("airflow.providers.apache.spark.operators.spark_submit", SparkSubmitOperator=SparkSubmitOperator)
module("airflow.providers.apache.hdfs.sensors.web_hdfs", WebHdfsSensor=WebHdfsSensor)

dag = runpy.run_path(sys.argv[1])["dag"]
wait, nightly = dag.tasks
sys.stdout, out = sys.stderr, sys.stdout
try:
    nightly.execute({"task_instance": nightly, "ds": "2026-11-24"})
    end = "success"
except Exception as e:
    end = type(e).__name__
print(json.dumps({
    "cron": dag.schedule.cron, "timezone": dag.schedule.timezone, "catchup": dag.catchup,
    "max_active_runs": dag.max_active_runs, "start": dag.start_date.isoformat(),
    "wait": wait.filepath, "mode": wait.mode, "then": wait.downstream,
    "words": nightly.words, "conf": nightly.conf, "deploy_mode": nightly.deploy_mode,
    "retries": nightly.retries, "depends_on_past": nightly.depends_on_past,
    "timeout": nightly.execution_timeout.total_seconds(),
    "alerts": nightly.on_failure_callback is not None, "end": end}), file=out)
