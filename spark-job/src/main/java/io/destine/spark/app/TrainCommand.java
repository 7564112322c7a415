package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.tracking.TrackedRun;
import io.destine.spark.tracking.Tracking;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** train: trains a model on the source table and writes its directory. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Encodes the source if needed, trains a model and writes the model directory.",
      "The best epoch by the validation metric is kept; its metrics on the test rows are printed."
    })
final class TrainCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--resume",
      description = {
        "Resumes from the last checkpoint of an interrupted run; the result is identical."
            + " Without a checkpoint it starts from the beginning. An existing model is replaced"
            + " if it has the same fields."
      })
  private boolean resume;

  @Option(names = "--overwrite", description = "Replaces an existing model.")
  private boolean overwrite;

  private static TrackedRun tracked(Session session, JobConfig config, CommandLog log) {
    String model = config.output().model();
    return Tracking.of(config, session.context().hadoopConfiguration(), log)
        .run(new Path(model).getName(), model);
  }

  @Override
  public Integer call() {
    JobConfig config = options.read();
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("train", config.output().model())) {
      session.use(config);
      ConsoleProgress progress = new ConsoleProgress(Console.status(), config.train());
      TrainJob job = new TrainJob(session.spark(), config, "destine " + Version.text(), log);
      KeptWork kept = new KeptWork(session.spark(), config, resume, job.checkpointGate());
      Interruption.duringTraining(session.spark(), kept::remains, kept::checkpoint);
      TrainResult result;
      try (TrackedRun tracked = tracked(session, config, log)) {
        TrainJob shown = job.tracked(tracked);
        result = (overwrite ? shown.overwriting() : shown).run(resume, progress);
        Interruption.trained(session.spark(), result.model());
        tracked.register(result.model(), new Path(result.model()).getName(), false);
        tracked.finish();
      }
      if (Console.verbose()) {
        result.stepTime().table().lines().forEach(Console.err()::println);
      }
      Console.metrics("validation", result.validation());
      Console.metrics("test", result.test());
      log.warn("validation", result.validation().warnings());
      log.warn("test", result.test().warnings());
      Console.err().println("model: " + result.model());
      Console.err().println("report: " + result.page());
      ObjectNode json = result.test().toJson();
      json.remove("reliability");
      result.validation().auc().ifPresent(auc -> json.put("validation_auc", auc));
      json.put("train_rows", result.trainRows());
      json.put("epochs", result.epochs());
      json.put("train_rows_per_second", Math.round(result.stepTime().rowsPerSecond()));
      json.putPOJO("step_time", result.stepTime().json());
      json.put("parameters", result.parameters());
      json.put("kernel", result.kernel());
      json.put("model", result.model());
      json.put("report", result.page());
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}
