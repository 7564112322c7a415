"""Reads what was tracked: test_mlflow.py URI CSV PREDICTED EVENTS CHAMPION AUC.

CHAMPION is the number, from 1, of the nightly run that made the champion; PREDICTED has the
output of the command predict for the rows of CSV with the same model; AUC is that of the command
train.
"""

import glob
import os
import sys
import unittest
import unittest.mock

import mlflow
import numpy as np
import pandas as pd
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

URI, CSV, PREDICTED, EVENTS, CHAMPION, AUC = sys.argv[1:7]
mlflow.set_tracking_uri(URI)
CLIENT = mlflow.MlflowClient()


def runs(experiment):
    found = CLIENT.get_experiment_by_name(experiment)
    return CLIENT.search_runs([found.experiment_id], order_by=["attributes.start_time ASC"])


def history(run, metric):
    return [(m.step, m.value) for m in CLIENT.get_metric_history(run.info.run_id, metric)]


class Tracked(unittest.TestCase):
    def test_training(self):
        (run,) = runs("one")
        self.assertEqual(run.info.status, "FINISHED")
        self.assertEqual(run.data.metrics["test_auc"], float(AUC))
        self.assertEqual(run.data.params["train.batch-size"], "128")
        losses = history(run, "train_loss")
        self.assertEqual([step for step, _ in losses], list(range(1, len(losses) + 1)))
        files = {file.path for file in CLIENT.list_artifacts(run.info.run_id)}
        self.assertEqual(files, {"configuration.json", "model", "report.html", "report.json"})
        (directory,) = glob.glob(EVENTS + "/trained-*")
        events = EventAccumulator(directory).Reload()
        shown = [(e.step, e.value) for e in events.Scalars("epoch/train_loss")]
        self.assertEqual([step for step, _ in shown], [step for step, _ in losses])
        for (_, float32), (_, float64) in zip(shown, losses):
            self.assertAlmostEqual(float32, float64, places=6)
        self.assertGreater(len(events.Scalars("step/loss")), len(losses))
        self.assertAlmostEqual(events.Scalars("end/test_auc")[0].value, float(AUC), places=6)

    def test_fit(self):
        (run,) = runs("fits")
        self.assertEqual(run.info.status, "FINISHED")
        self.assertEqual(len(history(run, "validation_auc")), 1)

    def test_nights(self):
        results = [run.data.tags["destine.result"] for run in runs("nights")]
        self.assertEqual(results, ["promoted", "promoted", "refused"])
        self.assertEqual({run.info.status for run in runs("nights")}, {"FINISHED"})
        version = CLIENT.get_model_version_by_alias("clicks", "champion")
        self.assertEqual(version.run_id, runs("nights")[int(CHAMPION) - 1].info.run_id)

    def test_the_champion_has_the_bits_of_predict(self):
        rows = pd.read_csv(CSV)
        predicted = pd.read_parquet(PREDICTED)
        expected = {(r.user, r.item): r.probability for r in predicted.itertuples()}
        run = runs("nights")[int(CHAMPION) - 1].info.run_id
        for uri in ("models:/clicks@champion", f"runs:/{run}/model"):
            scored = mlflow.pyfunc.load_model(uri).predict(rows[["user", "item"]])
            self.assertEqual(list(scored.columns), ["probability"])
            for pair, probability in zip(zip(rows.user, rows.item), scored.probability):
                self.assertEqual(float(probability).hex(), float(expected[pair]).hex())
            self.assertGreater(len(set(scored.probability)), 50)

    def test_an_interrupted_prediction_does_not_answer_the_next_one(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")
        rows = pd.read_csv(CSV)[["user", "item"]]
        expected = model.predict(rows[40:50]).probability.tolist()
        with unittest.mock.patch("json.loads", side_effect=[{}, {}, InterruptedError()]):
            with self.assertRaises(InterruptedError):
                model.predict(rows)
        self.assertEqual(model.predict(rows[40:50]).probability.tolist(), expected)
        self.assertGreater(len(set(expected)), 5)

    def test_forked_processes_have_scorers_of_their_own(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")
        rows = pd.read_csv(CSV)[["user", "item"]]
        parts = [rows[n : n + 3] for n in range(0, 30, 3)]
        expected = [model.predict(part).probability.tolist() for part in parts]
        self.assertGreater(len({part[0] for part in expected}), 5)

        def repeat(first):
            return all(
                model.predict(parts[n % 10]).probability.tolist() == expected[n % 10]
                for n in range(first, first + 200)
            )

        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if repeat(5) else 1)
            except BaseException:
                os._exit(2)
        self.assertTrue(repeat(0))
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(repeat(0))

    def test_a_column_may_have_the_name_of_the_result(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")._model_impl
        rows = pd.read_csv(CSV)[["user", "item"]].head(5)
        expected = model.predict(rows)
        module = sys.modules[type(model).__module__]
        columns, numeric = module._columns(model._path)
        with unittest.mock.patch.object(
            module, "_columns", return_value=(columns | {"probability", "probability__reason"}, numeric)
        ):
            other = type(model)(model._path)
        for name in ("probability", "probability__reason"):
            scored = other.predict(rows.assign(**{name: 0.5}))
            self.assertTrue(scored.equals(expected), scored)

    def test_other_columns_may_have_any_numbers(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")
        rows = pd.read_csv(CSV)[["user", "item"]].head(2)
        expected = model.predict(rows).probability.tolist()
        times = pd.to_datetime(["2024-03-01", "2024-03-02"], utc=True)
        others = rows.assign(ratio=[float("inf"), -float("inf")], time=times)
        self.assertEqual(model.predict(others).probability.tolist(), expected)

    def test_a_float_has_the_text_of_spark(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")._model_impl
        for dtype in ("float32", "Float32"):
            users = pd.Series([0.1, None, 0.7, 3, 52751792], dtype=dtype, name="user")
            values = model._values(users)
            self.assertEqual([values[0], *values[2:]], [0.1, 0.7, 3, 52751792])
            self.assertNotEqual(values[1], values[1])
        cells = pd.Series([np.float32(0.1), np.array([0.7, 3], dtype="float32"), "x"], name="user")
        self.assertEqual(model._values(cells), [0.1, [0.7, 3], "x"])

    def test_missing_and_unknown_values_are_no_errors(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")
        rows = pd.DataFrame({"user": [None, "nobody"], "item": ["i3", float("nan")]}, index=[7, 9])
        scored = model.predict(rows)
        self.assertEqual(list(scored.index), [7, 9])
        self.assertTrue(scored.probability.between(0, 1).all())

    def test_a_value_that_cannot_be_read_leaves_the_other_rows(self):
        model = mlflow.pyfunc.load_model("models:/clicks@champion")
        rows = pd.DataFrame({"user": [["u1", "u2"], "u1"], "item": ["i3", "i3"]})
        scored = model.predict(rows)
        self.assertTrue(pd.isna(scored.probability[0]))
        self.assertIn("user", scored.probability_reason[0])
        self.assertTrue(0 < scored.probability[1] < 1)
        self.assertTrue(pd.isna(scored.probability_reason[1]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
