package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.config.Components;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.predict.ModelDifference;
import io.destine.spark.predict.StoredJob;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.train.KeptCheckpoint;
import io.destine.spark.train.ReplacedModel;
import io.destine.spark.train.TrainJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** reproduce: trains a model again and compares the two models. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "Trains again with the settings, rows and kernel in a model's manifest, on the cluster of"
          + " this command, and compares the two models as diff does.",
      "If the rows differ, the command stops before the training. The exit code is 0 when the"
          + " models are equal, bit for bit, and 3 when they are not."
    })
final class ReproduceCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model directory.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "A new directory for the new model; the encoded rows go to DIR.data.")
  private String output;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides one setting of the model's configuration, such as a source.path that has"
              + " moved. Can be repeated.")
  private List<String> overrides = List.of();

  @Option(
      names = "--trust-model",
      description =
          "Uses the model's source settings even if they could run code or read the"
              + " environment: SQL functions, formats and options that are not on a fixed list.")
  private boolean trusted;

  @Option(
      names = "--resume",
      description = "Resumes an interrupted run of this command from its last checkpoint.")
  private boolean resume;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("reproduce", model)) {
      Configuration hadoop = session.context().hadoopConfiguration();
      Manifest manifest = ModelDifference.manifest(hadoop, model);
      JobConfig config = config(hadoop, manifest);
      requireNew(hadoop, config.output().checkpoints());
      session.use(config);
      TrainJob job =
          new TrainJob(session.spark(), config, "destine " + Version.text(), log)
              .onlyOn(manifest.dataFingerprint());
      KeptWork kept = new KeptWork(session.spark(), config, resume, job.checkpointGate());
      Interruption.duringTraining(session.spark(), kept::remains, kept::checkpoint);
      job.run(resume, new ConsoleProgress(Console.status(), config.train()));
      Interruption.trained(session.spark(), output);
      ModelDifference difference = ModelDifference.of(hadoop, model, output);
      ObjectNode json = difference.toJson();
      json.put("model", output);
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      return DiffCommand.print(difference, json);
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** Checks that the output holds no model, unless a resumed run has put its own there. */
  private void requireNew(Configuration hadoop, String checkpoints) {
    CanonicalPath target = CanonicalPath.of(hadoop, output);
    if (target.is(CanonicalPath.of(hadoop, model))) {
      throw new UserError("--output " + output + " is the model itself; name a new directory");
    }
    boolean interrupted = resume && KeptCheckpoint.newest(hadoop, checkpoints).isPresent();
    if (!interrupted && ReplacedModel.exists(hadoop, output)) {
      throw new UserError(
          "--output "
              + output
              + " holds a model; name a new directory, or compare the two models with diff");
    }
  }

  private JobConfig config(Configuration hadoop, Manifest manifest) {
    boolean ofNight = manifest.lineage() != null && manifest.lineage().date() != null;
    if (ofNight || manifest.kernel() == null) {
      throw new UserError(
          "--model "
              + model
              + (ofNight ? " is the model of a nightly run" : " is an average of models")
              + "; only models of train can be reproduced");
    }
    List<String> settings = new ArrayList<>(overrides);
    settings.add("output.model=" + output);
    settings.add("compute.kernel=" + manifest.kernel());
    StoredJob job =
        StoredJob.open(hadoop, model, settings, trusted, ReproduceCommand::withItsOwnRows);
    if (!trusted) {
      job.requireHarmlessTables(settings);
    }
    JobConfig config = job.config();
    if (manifest.lineage() != null
        && !InitialModel.identity(hadoop, config)
            .equals(manifest.lineage().parentManifestSha256())) {
      throw new UserError(
          TrainingConfig.INIT_MODEL
              + ": "
              + config.initModel().orElse("")
              + " is not the model that the training of "
              + model
              + " started from; set it to the model with manifest SHA-256 "
              + manifest.lineage().parentManifestSha256());
    }
    return config;
  }

  /** The job with the encoded rows in the default place: next to the new model. */
  private static JobConfig withItsOwnRows(JobConfig job) {
    OutputConfig output = job.output();
    return Components.with(job, "output", output.at(output.model(), Optional.empty()));
  }
}
