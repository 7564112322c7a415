package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.train.CheckpointGate;
import io.destine.spark.train.KeptCheckpoint;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** The data from which a stopped run can resume. */
final class KeptWork {
  private final Configuration hadoop;
  private final JobConfig config;
  private final boolean resumed;
  private final CheckpointGate gate;
  private final long startMillis = System.currentTimeMillis();

  /**
   * The data kept by a training run that starts now.
   *
   * @param resumed true if it resumes from earlier checkpoints
   * @param gate of its checkpoints
   */
  KeptWork(SparkSession spark, JobConfig config, boolean resumed, CheckpointGate gate) {
    this.gate = gate;
    hadoop = spark.sparkContext().hadoopConfiguration();
    this.config = config;
    this.resumed = resumed;
  }

  /**
   * The checkpoint from which to resume, in words. A checkpoint that is not yet in place is
   * abandoned.
   */
  Optional<String> checkpoint() {
    gate.close();
    String directory = config.output().checkpoints();
    return KeptCheckpoint.newest(hadoop, directory)
        .filter(checkpoint -> resumed || checkpoint.writtenMillis() >= startMillis)
        .map(
            newest ->
                String.format(
                    Locale.ROOT,
                    "the checkpoint after step %,d is kept in %s: the same command with --resume"
                        + " continues from it",
                    newest.steps(),
                    directory));
  }

  /** The kept data, and how to resume. */
  Interruption.Remains remains() {
    Optional<String> checkpoint = checkpoint();
    if (checkpoint.isPresent()) {
      return Interruption.Remains.of(checkpoint.get());
    }
    String encoded =
        EncodedDataSet.manifest(hadoop, config.output().data()).isPresent()
            ? "the encoded rows are kept in " + config.output().data()
            : "";
    return new Interruption.Remains(
        " before the first checkpoint"
            + (encoded.isEmpty() ? "" : "; " + encoded)
            + ": run the same command again",
        encoded);
  }
}
