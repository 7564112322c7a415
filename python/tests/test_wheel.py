"""Tests of the wheel, installed next to pyspark.

The arguments are the version of pyspark, the flights, a Python that has mlserver and onnxruntime, and
the tests: commands, others or all.
"""

import contextlib
import functools
import glob
import importlib.util
import inspect
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import zipfile
from importlib import metadata
from unittest import mock

SPARK, FLIGHTS, SERVING, PART = sys.argv[1:5]
# A copy, since importing the package changes the environment.
ENVIRONMENT = dict(os.environ)

import destine_spark  # noqa: E402
from destine_spark import DestineClassifier, DestineError, runtime  # noqa: E402
from destine_spark.progress import Progress  # noqa: E402
from pyspark.ml.evaluation import BinaryClassificationEvaluator  # noqa: E402

ONCE = unittest.skipUnless(SPARK.startswith("3."), "the same on every Spark")
DIRECTORY = tempfile.TemporaryDirectory()
SMALL = os.path.join(DIRECTORY.name, "flights.parquet")
DESTINE = os.path.join(os.path.dirname(sys.executable), "destine")
CONFIG = """
source { path = "flights.parquet", format = parquet }
label = delayed
fields = %s
crosses = none
model { layers = 1, deep = [8] }
train.epochs = %d
output.model = "%s"
"""


def destine(*words, **environment):
    return subprocess.run(
        [DESTINE, *words],
        cwd=DIRECTORY.name,
        env={**ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )


def config(name, epochs, fields='"*"'):
    with open(os.path.join(DIRECTORY.name, name + ".conf"), "w") as file:
        file.write(CONFIG % (fields, epochs, name))
    return name + ".conf"


def optuna_search():
    path = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "optuna", "search.py")
    spec = importlib.util.spec_from_file_location("search", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def optuna_options(directory, begin):
    """Options of a search whose training is a shell script: ``begin``, then success."""
    program = os.path.join(directory, "program")
    with open(program, "w") as file:
        file.write(begin + "\necho 'epoch 1/1  log loss 0.25' >&2; echo '{\"auc\": 0.75}'\n")
    return types.SimpleNamespace(config="", program="sh " + program, directory=directory)


def setUpModule():
    global spark, flights
    spark = destine_spark.session(config={"spark.sql.shuffle.partitions": 4})
    flights = spark.read.parquet(FLIGHTS).sample(0.03, 1)
    flights.coalesce(1).write.parquet(SMALL)


def tearDownModule():
    spark.stop()


class SessionTest(unittest.TestCase):
    def test_a_session_finds_its_jar_and_fits(self):
        self.assertEqual(spark.version, SPARK)
        self.assertIs(destine_spark.session(), spark)
        self.assertEqual(spark.conf.get("spark.sql.shuffle.partitions"), "4")
        self.assertEqual(spark.conf.get("spark.ui.enabled"), "false")
        self.assertEqual(spark.conf.get("spark.locality.wait"), "3s")
        train, test = flights.randomSplit([0.9, 0.1], seed=1)
        model = DestineClassifier(
            labelCol="delayed", wide=True, layers=1, deep=[64, 32], learningRate=0.003, epochs=2
        ).fit(train)
        auc = BinaryClassificationEvaluator(labelCol="delayed").evaluate(model.transform(test))
        self.assertGreater(auc, 0.55)
        self.assertEqual(model.metrics["kernel"], "vector")
        self.assertRegex(repr(model), r"^DestineModel: .*origin.*validation AUC 0\.[67]\d+, log")
        going = DestineClassifier(labelCol="delayed", layers=1, deep=[64, 32], epochs=1)
        same = going.setLearningRate(1e-30).setInitModel(model).fit(train)
        first = train.limit(5).cache()
        scores = [m.transform(first).select("probability").collect() for m in (model, same)]
        self.assertEqual(scores[0], scores[1])
        fields = [row["field"] for row in model.featureImportances(test, rows=500).collect()]
        self.assertRegex(fields[0], "^day")
        self.assertLessEqual({"day", "origin", "destination", "distance"}, set(fields))
        origin = model.embeddings().filter("field = 'origin' and use = 'value'").first()
        self.assertEqual(len(origin["vector"]), 16)
        self.assertGreater(origin["count"], 0)
        with self.assertRaisesRegex(DestineError, 'column "late"'):
            model.featureImportances(test, labelCol="late")

    @ONCE
    def test_a_session_without_the_jar_is_refused(self):
        program = """
import destine_spark
from pyspark.sql import SparkSession
SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
try:
    destine_spark.session()
except destine_spark.DestineError as error:
    print(error)
"""
        done = subprocess.run(
            [sys.executable, "-c", program], env=ENVIRONMENT, stdout=subprocess.PIPE, check=True
        )
        self.assertIn(b"started without the jar of destine-spark; restart Python", done.stdout)


    @ONCE
    def test_a_session_has_the_options_of_its_environment(self):
        program = """
import destine_spark
spark = destine_spark.session()
print(spark.sparkContext.master, spark.conf.get("spark.jars"))
"""
        other = os.path.join(DIRECTORY.name, "other.jar")
        with zipfile.ZipFile(other, "w"):
            pass
        settings = os.path.join(DIRECTORY.name, "team.conf")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"spark.master local[1]\nspark.jars {other}\n")
        for options in (f"--master=local[1] --jars {other}", f"--properties-file {settings}"):
            done = subprocess.run(
                [sys.executable, "-c", program],
                env={**ENVIRONMENT, "PYSPARK_SUBMIT_ARGS": f"{options} pyspark-shell"},
                stdout=subprocess.PIPE,
                check=True,
            )
            self.assertRegex(done.stdout.decode(), r"^local\[1\] \S*/other\.jar,\S*destine")

    @ONCE
    def test_a_named_file_of_settings_replaces_the_defaults_of_spark_unless_both_are_asked_for(self):
        home = tempfile.mkdtemp(dir=DIRECTORY.name)
        os.mkdir(os.path.join(home, "conf"))
        with open(os.path.join(home, "conf", "spark-defaults.conf"), "w", encoding="utf-8") as file:
            file.write("spark.a 1\nspark.b 1\n")
        named = os.path.join(home, "team.conf")
        with open(named, "w", encoding="utf-8") as file:
            file.write("spark.b 2\n")
        options = ["--properties-file", named]
        with mock.patch.dict(os.environ):
            os.environ.pop("SPARK_CONF_DIR", None)
            own = runtime.own_settings
            self.assertEqual(own(home, []), {"spark.a": "1", "spark.b": "1"})
            self.assertEqual(own(home, options), {"spark.b": "2"})
            both = {"spark.a": "1", "spark.b": "2"}
            self.assertEqual(own(home, ["--load-spark-defaults", *options]), both)


class RefusalTest(unittest.TestCase):
    def home(self, spark, scala):
        """A directory that looks like a distribution of Spark."""
        home = tempfile.mkdtemp(dir=DIRECTORY.name)
        os.mkdir(os.path.join(home, "jars"))
        open(os.path.join(home, "jars", f"spark-core_{scala}-{spark}.jar"), "w").close()
        return home

    def refused(self, spark, scala):
        home = self.home(spark, scala)
        done = destine("help", SPARK_HOME=home)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        version = destine_spark.__version__
        self.assertEqual(
            done.stderr,
            f"destine: destine-spark {version} cannot run on Spark {spark} with Scala {scala}"
            f" ({home}); it is built for Spark 3.5 with Scala 2.12 and Spark 4.2 with Scala 2.13\n",
        )

    def test_a_spark_that_it_is_not_built_for_is_refused(self):
        for spark, scala in ("4.0.0", "2.13"), ("3.4.4", "2.12"), ("3.5.6", "2.13"):
            self.refused(spark, scala)

    def test_a_pyspark_of_another_version_than_spark_is_refused(self):
        other = ("4.1.1", "2.13") if SPARK.startswith("3.") else ("3.5.1", "2.12")
        program = "import destine_spark; destine_spark.session()"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**ENVIRONMENT, "SPARK_HOME": self.home(*other)},
            stderr=subprocess.PIPE,
        )
        sentence = f"DestineError: pyspark {SPARK} cannot start Spark {other[0]} "
        self.assertIn(sentence, done.stderr.decode())

    def test_a_place_without_spark_or_java_is_refused(self):
        done = destine("help", SPARK_HOME=DIRECTORY.name)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{DIRECTORY.name} has no Spark: no spark-core_*.jar", done.stderr)
        done = destine("help", JAVA_HOME=DIRECTORY.name)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("Java is missing", done.stderr)

    def test_java_must_be_new_enough_and_not_too_new_for_spark_3(self):
        for version, spark, sentence in (
            ("11.0.2", "4.2.0", "Java 17 or later is needed"),
            ("25-ea", "3.5.9", "Spark 3.5.9 cannot run on Java 25"),
        ):
            java = os.path.join(tempfile.mkdtemp(dir=DIRECTORY.name), "bin", "java")
            os.mkdir(os.path.dirname(java))
            with open(java, "w") as file:
                file.write(f"#!/bin/sh\necho java.base@{version}\n")
            os.chmod(java, 0o755)
            home = os.path.dirname(os.path.dirname(java))
            with mock.patch.dict(os.environ, JAVA_HOME=home):
                with self.assertRaisesRegex(DestineError, sentence):
                    destine_spark.runtime.require_java(spark)


class CommandTest(unittest.TestCase):
    @staticmethod
    @functools.lru_cache(None)
    def trained():
        fields = "[{ name = day }, { name = origin }, { name = destination }, { name = distance, kind = numeric }]"
        return destine("--master", "local[2]", "train", "--config", config("model", 1, fields))

    def test_train_writes_a_model(self):
        done = self.trained()
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((result["model"], result["kernel"]), ("model", "vector"))
        self.assertTrue(os.path.exists(os.path.join(DIRECTORY.name, "model", "report.html")))
        self.assertNotIn(" INFO ", done.stderr)

    @ONCE
    def test_a_model_for_triton_is_served_with_the_probabilities_of_predict(self):
        self.trained()
        for words in (
            ["export", "--format", "triton", "--output", "repository/flights"],
            ["predict", "--top", "2", "--by", "origin", "--format", "json", "--files", "1", "--output", "best"],
        ):
            done = destine(*words, "--model", "model")
            self.assertEqual(done.returncode, 0, done.stderr)
        (best,) = glob.glob(os.path.join(DIRECTORY.name, "best", "part-*"))
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "serving.py")
        served = subprocess.run(
            [SERVING, program, os.path.join(DIRECTORY.name, "repository"), best],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self.assertEqual(served.returncode, 0, served.stderr)
        self.assertGreater(json.loads(served.stdout.splitlines()[-1])["rows"], 200)

    @ONCE
    def test_an_interrupt_reaches_the_job(self):
        process = subprocess.Popen(
            [DESTINE, "train", "--config", config("interrupted", 1000)],
            cwd=DIRECTORY.name,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.startswith("epoch 1/"):
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertFalse(os.path.exists(os.path.join(DIRECTORY.name, "interrupted")))

    @ONCE
    def test_a_search_with_optuna_keeps_the_best_model(self):
        search = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "optuna", "search.py")
        words = ["--config", config("search", 1), "--directory", "search", "--program", DESTINE]
        done = subprocess.run(
            [sys.executable, os.path.abspath(search), *words, "--trials", "3"],
            cwd=DIRECTORY.name,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        best = json.loads(done.stdout.splitlines()[-1])
        found = os.path.join(DIRECTORY.name, "search")
        kept = [name for name in os.listdir(found) if name.startswith("model-")]
        self.assertEqual(len(kept), 1)
        with open(os.path.join(found, kept[0], "report.json")) as file:
            report = json.load(file)
        for key, value in best["params"].items():
            section, name = key.split(".")
            self.assertEqual(report["settings"][section][name], value)
        self.assertAlmostEqual(report["splits"]["validation"]["log_loss"], best["value"], places=4)
        self.assertEqual(report["splits"]["test"]["auc"], best["test_auc"])

    @ONCE
    def test_a_search_with_optuna_leaves_models_of_other_processes(self):
        search = optuna_search()
        study = search.optuna.create_study()
        for value in (0.4, 0.5):
            study.add_trial(search.optuna.trial.create_trial(value=value))
        running = study.ask()
        with tempfile.TemporaryDirectory() as directory:
            for number in range(running.number + 1):
                os.mkdir(os.path.join(directory, "model-%d" % number))
            options = types.SimpleNamespace(config="", program="destine", directory=directory)
            search.Search(options).keep_best(study, study.trials[1])
            self.assertEqual(sorted(os.listdir(directory)), ["model-0", "model-2"])

    @ONCE
    def test_a_search_with_optuna_waits_while_another_process_encodes(self):
        search = optuna_search()
        waits = []
        search.time = types.SimpleNamespace(sleep=waits.append)
        with tempfile.TemporaryDirectory() as directory:
            options = optuna_options(
                directory, "mkdir %s/encoded 2>/dev/null && exit 4" % directory
            )
            study = search.optuna.create_study()
            study.optimize(search.Search(options), n_trials=1)
        self.assertEqual(study.best_value, 0.25)
        self.assertEqual(waits, [5])

    @ONCE
    def test_a_search_with_optuna_goes_on_after_a_trial_that_diverged(self):
        search = optuna_search()
        with tempfile.TemporaryDirectory() as directory:
            options = optuna_options(
                directory,
                "if mkdir %s/diverged 2>/dev/null; then\n" % directory
                + "  echo 'error: training stopped: epoch 1: the loss is not finite' >&2; exit 1\n"
                + "fi",
            )
            searched = search.Search(options)
            study = search.optuna.create_study()
            study.optimize(searched, n_trials=2, callbacks=[searched.keep_best])
        self.assertEqual([trial.state.name for trial in study.trials], ["PRUNED", "COMPLETE"])
        self.assertEqual(study.best_value, 0.25)

    def test_help_and_version(self):
        done = destine("--help")
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("destine [spark-submit options] COMMAND [options]"))
        self.assertIn("Usage: destine ", done.stdout)
        version = destine("--version")
        self.assertEqual(version.stdout, f"DESTINE on Spark {destine_spark.__version__}\n")
        for words, sentence in {
            (): "no command; see destine --help",
            ("--master",): "option --master needs a value",
        }.items():
            done = destine(*words)
            self.assertEqual((done.returncode, done.stderr), (2, f"destine: {sentence}\n"))


class PackageTest(unittest.TestCase):
    def test_the_version_is_that_of_the_wheel_which_asks_for_pyspark(self):
        self.assertEqual(destine_spark.__version__, metadata.version("destine-spark"))
        self.assertIn("pyspark!=4.0.0,<5,>=3.5", metadata.requires("destine-spark"))

    def test_help_lists_arguments_with_types_and_defaults(self):
        parameters = inspect.signature(DestineClassifier).parameters
        self.assertEqual(parameters["epochs"].default, 20)
        self.assertIs(parameters["epochs"].annotation, int)
        self.assertIsNone(parameters["numericCols"].default)
        listed = DestineClassifier.__doc__
        self.assertIn("\n    embeddingDim: int = 16\n        d, embedding dimension\n", listed)
        self.assertIn("\n    numericCols: List[str]\n", listed)


class Fit:
    """Stands for a fit in the JVM, with a line and a state."""

    def __init__(self):
        self.lines = "epoch 1/2\n"

    def takeProgress(self):
        lines, self.lines = self.lines, ""
        return lines

    def progressLine(self):
        return "[#---] epoch 2/2" + "." * 1000


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ProgressTest(unittest.TestCase):
    def shown(self, stream):
        columns = mock.patch.dict(os.environ, COLUMNS="80")
        with columns, contextlib.redirect_stderr(stream), Progress(Fit()):
            time.sleep(2.5 * Progress._SECONDS)
        return stream.getvalue()

    def test_a_terminal_has_lines_and_a_state_in_one_line(self):
        states = self.shown(Terminal()).split("\r\033[K")
        self.assertTrue(states[1].startswith("epoch 1/2\n[#---] epoch 2/2..."))
        self.assertEqual(states[2], ("[#---] epoch 2/2" + "." * 1000)[:79])
        self.assertEqual(states[-1], "")

    def test_other_output_has_lines_alone(self):
        self.assertEqual(self.shown(io.StringIO()), "epoch 1/2\n")


def load_tests(loader, suites, pattern):
    parts = {"commands": [True], "others": [False], "all": [True, False]}[PART]
    return unittest.TestSuite(
        test for suite in suites for test in suite if isinstance(test, CommandTest) in parts
    )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
