"""Searches for settings with Optuna. Each trial is a run of the train command on the same encoded data set; trials
that fall behind the others, or cannot be trained to their end, are pruned.

    search.py --config FILE --directory DIR [--trials N] [--storage URL] [--program destine]

DIR gets the encoded rows and the model of the best trial; with --storage sqlite:///FILE an interrupted search
resumes. Settings are those of suggest() below: change them for your data.
"""

import argparse
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import optuna

ANOTHER_RUN = 4  # The exit code if another process is encoding the rows.
DIVERGED = "error: training stopped: "  # Such as a loss that is not finite.
EPOCH = re.compile(r"epoch (\d+)/\d+ .* log loss ([\d.]+)")


def suggest(trial):
    """The settings of a trial. All of them leave the encoded rows as they are."""
    return {
        "train.learning-rate": trial.suggest_float("train.learning-rate", 5e-4, 5e-3, log=True),
        "train.embedding-l2": trial.suggest_float("train.embedding-l2", 1e-5, 1e-2, log=True),
        "model.layers": trial.suggest_int("model.layers", 1, 3),
        "model.embedding-dim": trial.suggest_categorical("model.embedding-dim", [8, 16, 32]),
    }


def is_any_complete(study):
    return bool(study.get_trials(states=[optuna.trial.TrialState.COMPLETE]))


class Search:
    def __init__(self, options):
        self.config = options.config
        self.program = options.program.split()
        self.directory = pathlib.Path(options.directory)

    def model(self, trial):
        return self.directory / f"model-{trial.number}"

    def __call__(self, trial):
        """The lowest log loss of the validation rows."""
        loss = self.train(trial)
        while loss is None:
            time.sleep(5)
            loss = self.train(trial)
        return loss

    def train(self, trial):
        """The lowest log loss of the validation rows; None while another process encodes the rows."""
        settings = suggest(trial)
        settings["output.data"] = self.directory / "data"
        settings["output.model"] = self.model(trial)
        words = [*self.program, "train", "--config", self.config, "--overwrite"]
        for key, value in settings.items():
            words += ["--set", f"{key}={value}"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as training:
            best, lines, pruned = float("inf"), [], False
            for line in training.stderr:
                lines.append(line)
                epoch = EPOCH.match(line)
                if epoch and not pruned:
                    best = min(best, float(epoch[2]))
                    trial.report(best, int(epoch[1]))
                    pruned = trial.should_prune()
                    if pruned:
                        training.send_signal(signal.SIGINT)
            result = training.stdout.read()
        if pruned or training.returncode and any(line.startswith(DIVERGED) for line in lines):
            shutil.rmtree(f"{self.model(trial)}.checkpoints", ignore_errors=True)
            raise optuna.TrialPruned
        if training.returncode == ANOTHER_RUN:
            return None
        if training.returncode:
            sys.stderr.writelines(lines[-3:])
            raise SystemExit(training.returncode)
        trial.set_user_attr("test_auc", json.loads(result.splitlines()[-1])["auc"])
        return best

    def keep_best(self, study, trial):
        """Removes the models of the other trials, except those that other processes are training."""
        best = study.best_trial.number if is_any_complete(study) else None
        for other in study.trials:
            if other.state.is_finished() and other.number != best:
                shutil.rmtree(self.model(other), ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--config", required=True, help="a configuration of train")
    parser.add_argument("--directory", required=True, help="a new directory, or that of the search in --storage")
    parser.add_argument("--trials", type=int, default=20, help="further trials; default 20")
    parser.add_argument("--storage", help="database URL for Optuna's trials, such as sqlite:///FILE; default in memory")
    parser.add_argument("--program", default="destine", help="default destine, the program of the wheel")
    options = parser.parse_args()
    if not options.storage and pathlib.Path(options.directory).exists():
        parser.error(f"--directory {options.directory} exists: name a new one, or add the --storage of its search")
    pathlib.Path(options.directory).mkdir(parents=True, exist_ok=True)
    search = Search(options)
    study = optuna.create_study(
        study_name="destine",
        storage=options.storage,
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )
    # The draws of earlier calls with this storage must not be repeated.
    study.sampler = optuna.samplers.TPESampler(seed=1 + len(study.trials))
    study.optimize(search, n_trials=options.trials, callbacks=[search.keep_best])
    if not is_any_complete(study):
        sys.exit("no trial was trained to its end")
    best = study.best_trial
    print(f"best trial {best.number}: log loss {best.value}, model {search.model(best)}")
    print(json.dumps({"value": best.value, "params": best.params, **best.user_attrs}))


if __name__ == "__main__":
    main()
