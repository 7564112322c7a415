"""A night's training in Airflow 3, with the providers apache-spark and apache-hdfs.

Copy to the DAG folder and change the constants in capitals. The connection ``spark_yarn`` has the host
``yarn``; ``webhdfs_default`` has host and port of the name node's web address. The worker needs a Spark 3.5
distribution, whose ``bin`` comes first on its PATH, and HADOOP_CONF_DIR.

The operator sees only the exit code of spark-submit, as "Error code is: N" in its exception. In client mode N
is the job's own code. 3 (the gate refused the model; the published one stays) skips the task, so that the next
night runs, and calls ``alert``. 2 (a mistake, or rejected input) fails without a retry. Every other
code is retried. In cluster mode N is 1 for every failure, a refusal included; to tell the codes apart there,
run submit-scripts/nightly.sh with a BashOperator with ``skip_on_exit_code=3``.
"""

import re
from datetime import datetime, timedelta, timezone

from airflow.providers.apache.hdfs.sensors.web_hdfs import WebHdfsSensor
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.common.compat.sdk import (
    DAG,
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
)
from airflow.timetables.interval import CronDataIntervalTimetable

JAR = "/opt/destine/spark-job/target/destine-spark-0.2.0-SNAPSHOT.jar"
PROPERTIES = "/opt/destine/conf/spark-defaults.conf"
LOG_SETTINGS = "/opt/destine/conf/log4j2.properties"
CONFIG = "/etc/destine/clicks.conf"
ROWS = "/data/clicks"
FIRST_DAY = datetime(2026, 11, 1, tzinfo=timezone.utc)
RESOURCES = {
    "driver_memory": "4g",
    "num_executors": 4,
    "executor_cores": 4,
    "executor_memory": "8g",
}
RETRY_DELAY = timedelta(minutes=10)

# The first day of the interval: for the run of 25 November, 02:30, it is 24 November. {{ ds }} is the same in a
# scheduled run, but is today when a run is triggered by hand.
DATE = "{{ data_interval_start | ds }}"

REFUSED = 3
MISTAKE = 2


def alert(context):
    """Called once for a task that failed for good, and for a refused model: mail, page, post."""
    instance = context["task_instance"]
    print(f"ALERT: {instance.task_id} of {context.get('data_interval_start')}: {context.get('exception')}")


class NightlyOperator(SparkSubmitOperator):
    """spark-submit, with the job's exit codes told apart."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowException as failure:
            code = re.search(r"Error code is: (\d+)", str(failure))
            code = int(code.group(1)) if code else None
            if code == REFUSED:
                alert({**context, "exception": failure})
                raise AirflowSkipException("the gate refused the model; the published one stays") from failure
            if code == MISTAKE:
                raise AirflowFailException(str(failure)) from failure
            raise


with DAG(
    dag_id="destine_nightly",
    description="Trains on a day's clicks and publishes the model if it passes the gate",
    # Not the bare cron string, which Airflow 3 reads as a trigger without an interval: the date would be today.
    schedule=CronDataIntervalTimetable("30 2 * * *", timezone="UTC"),
    start_date=FIRST_DAY,
    catchup=True,
    max_active_runs=1,
    default_args={
        "owner": "training",
        "depends_on_past": True,
        "retries": 3,
        "retry_delay": RETRY_DELAY,
        "on_failure_callback": alert,
    },
    tags=["destine"],
) as dag:
    rows_are_there = WebHdfsSensor(
        task_id="rows_are_there",
        filepath=f"{ROWS}/date={DATE}/_SUCCESS",
        webhdfs_conn_id="webhdfs_default",
        mode="reschedule",
        poke_interval=300,
        timeout=6 * 3600,
        retries=0,
    )

    nightly = NightlyOperator(
        task_id="nightly",
        conn_id="spark_yarn",
        application=JAR,
        properties_file=PROPERTIES,
        name=f"destine nightly {DATE}",
        deploy_mode="client",
        **RESOURCES,
        conf={"spark.yarn.tags": f"destine-nightly-{DATE}"},
        # The last one keeps Spark's thousands of INFO lines out of the task's log.
        env_vars={
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "SPARK_SUBMIT_OPTS": f"-Dlog4j2.configurationFile=file:{LOG_SETTINGS}",
        },
        application_args=["nightly", "--config", CONFIG, "--date", DATE],
        execution_timeout=timedelta(hours=6),
    )

    rows_are_there >> nightly
