"""A night's training in Airflow (2.9 or later, with the providers apache-spark and apache-hdfs).

Copy to the DAG folder; change what stands in capitals. The connection ``spark_yarn`` has the host ``yarn``,
``webhdfs_default`` the name node. The worker needs a Spark 3.5 distribution with HADOOP_CONF_DIR.

The operator knows of spark-submit's exit code only, as "Error code is: N" in its exception. In client
mode N is the job's own code: 3 (the gate refused the model, the published one stays) skips the task, so that
the next night is not held up, and calls ``alert``; 2 (a mistake, or input that does not fit) fails without
a retry; all else is retried. In cluster mode N is 1 for every failure, a refusal too, whose retries
end at once: there run submit-scripts/nightly.sh by a BashOperator with ``skip_on_exit_code=3``.
"""

import re
from datetime import datetime, timedelta, timezone

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.providers.apache.hdfs.sensors.web_hdfs import WebHdfsSensor
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.timetables.interval import CronDataIntervalTimetable

JAR = "/opt/destine/spark-job/target/destine-spark-0.1.0-SNAPSHOT.jar"
PROPERTIES = "/opt/destine/conf/spark-defaults.conf"
CONFIG = "/etc/destine/clicks.conf"
ROWS = "/data/clicks"

# The first day of the interval: for the run of 25 November, 02:30, it is 24 November. {{ ds }} is the same in a
# scheduled run, but is today when a run is triggered by hand.
DATE = "{{ data_interval_start | ds }}"

REFUSED = 3
MISTAKE = 2


def alert(context):
    """Called once for a task that failed for good, and for a refused model: mail, page, post."""
    instance = context["task_instance"]
    print(f"ALERT: {instance.task_id} of {context['ds']}: {context.get('exception')}")


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
    description="Trains on a day's clicks and publishes what passes the gate",
    # Not the bare cron text, which Airflow 3 reads as a trigger without an interval: the date would be today.
    schedule=CronDataIntervalTimetable("30 2 * * *", timezone="UTC"),
    start_date=datetime(2026, 11, 1, tzinfo=timezone.utc),
    catchup=True,
    max_active_runs=1,
    default_args={
        "owner": "training",
        "depends_on_past": True,
        "retries": 3,
        "retry_delay": timedelta(minutes=10),
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
        driver_memory="4g",
        num_executors=4,
        executor_cores=4,
        executor_memory="8g",
        conf={"spark.yarn.tags": f"destine-nightly-{DATE}"},
        env_vars={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        application_args=["nightly", "--config", CONFIG, "--date", DATE],
        execution_timeout=timedelta(hours=6),
    )

    rows_are_there >> nightly
