package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.config.Schedule;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * All inputs that determine the exact result of a training run: settings, encoded rows and kernel.
 * A checkpoint can be used only by a run with the same identity. Settings that do not change the
 * result are left out (source, quarantine, compute, checkpoint, output, nightly, tracking); the
 * encoded rows stand for the source. The maximum number of epochs is compared only if the learning
 * rate depends on it: other runs may be resumed with more epochs.
 *
 * @param settings by section
 * @param dataFingerprint of the encoded data set
 * @param kernel name of the kernel
 */
public record RunIdentity(Map<String, Object> settings, String dataFingerprint, String kernel) {
  private static final Set<String> NO_MATTER =
      Set.of("source", "quarantine", "compute", "checkpoint", "output", "nightly", "tracking");
  private static final String EPOCHS = "train.epochs";

  /**
   * SHA-256, in hexadecimal, of everything that determines the result of a job except its kernel;
   * the number of epochs is included.
   *
   * @param dataFingerprint of the encoded data set
   */
  public static String hash(JobConfig config, String dataFingerprint) {
    RunIdentity identity = of(JobJson.map(config), dataFingerprint, "");
    return JobConfig.sha256(flat(identity.settings()) + "\n" + dataFingerprint);
  }

  static RunIdentity of(Map<String, Object> job, String dataFingerprint, String kernel) {
    Map<String, Object> settings = new TreeMap<>(job);
    settings.keySet().removeAll(NO_MATTER);
    return new RunIdentity(settings, dataFingerprint, kernel);
  }

  /** Adds the identity to the manifest of a checkpoint. */
  Manifest.Builder describe(Manifest.Builder manifest) {
    return manifest.job(settings).dataFingerprint(dataFingerprint).kernel(kernel);
  }

  /** One line for each difference from the run that wrote a checkpoint; empty if there is none. */
  List<String> differences(Manifest checkpoint) {
    List<String> lines = new ArrayList<>();
    Map<String, Object> here = flat(settings);
    Map<String, Object> there =
        flat(checkpoint.job() == null ? Map.<String, Object>of() : checkpoint.job());
    TreeMap<String, Object> keys = new TreeMap<>(here);
    keys.putAll(there);
    if (!Schedule.COSINE.name().equalsIgnoreCase(String.valueOf(here.get("train.schedule")))) {
      keys.remove(EPOCHS);
    }
    for (String key : keys.keySet()) {
      if (!Objects.equals(here.get(key), there.get(key))) {
        lines.add(
            "the checkpoint used "
                + key
                + " "
                + shown(there.get(key))
                + ", but the configuration says "
                + shown(here.get(key)));
      }
    }
    if (!Objects.equals(dataFingerprint, checkpoint.dataFingerprint())) {
      lines.add(
          "the checkpoint belongs to other encoded rows: source, split or vocabulary has changed");
    }
    if (!Objects.equals(kernel, checkpoint.kernel())) {
      lines.add(
          "the checkpoint used kernel " + checkpoint.kernel() + ", but this run uses " + kernel);
    }
    return lines;
  }

  private static String shown(Object value) {
    return value == null ? "nothing" : value.toString();
  }

  private static Map<String, Object> flat(Map<String, Object> tree) {
    Map<String, Object> flat = new TreeMap<>();
    collect("", tree, flat);
    return flat;
  }

  private static void collect(String prefix, Map<?, ?> tree, Map<String, Object> into) {
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> section) {
            collect(prefix + key + ".", section, into);
          } else {
            // The secret is the same wherever it comes from.
            boolean secret = value instanceof String text && Redaction.isReference(text);
            into.put(prefix + key, secret ? Redaction.HIDDEN : value);
          }
        });
  }
}
