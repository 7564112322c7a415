package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.spark.export.AverageJob;
import io.destine.spark.store.Fence;
import io.destine.spark.store.LostLockException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AverageCommandTest {
  @TempDir static Path directory;

  private static Path one;
  private static Path other;

  @BeforeAll
  static void train() throws IOException {
    one = ClickModel.train(directory, "one", "user", "item");
    other = trained("other", "train.seed=2");
  }

  /** Trains on the rows of the first model. */
  private static Path trained(String name, String... settings) {
    Path model = directory.resolve(name);
    List<String> arguments =
        new ArrayList<>(List.of("train", "--config", directory.resolve("one.conf").toString()));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of("--set", "output.model=" + model));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return model;
  }

  private static CommandRun average(String output, Path... models) {
    return CommandRun.of(
        "average",
        "--models",
        String.join(",", List.of(models).stream().map(Path::toString).toList()),
        "--output",
        directory.resolve(output).toString());
  }

  private static double logit(double probability) {
    return Math.log(probability / (1 - probability));
  }

  @Test
  void itsLogitIsTheMeanWhoeverScores() throws IOException {
    assertMean("mean", one, other);
    assertMean(
        "calibrated-mean",
        trained("platt-1", "train.calibration=platt"),
        trained("platt-2", "train.seed=2", "train.calibration=platt"));
  }

  /** The other run acts between the check of the lock and the check of the model's path. */
  @Test
  void anAverageThatMeetsFilesOfTheRunThatHasItsLockIsToldOfTheLock() {
    Path place = directory.resolve("met");
    Fence fence =
        new Fence() {
          @Override
          public void requireHeld() {
            requireNotLost();
            try {
              Files.createDirectories(place);
              Files.writeString(place.resolve("notes.txt"), "mine");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public void requireNotLost() {
            if (Files.exists(place)) {
              throw new LostLockException("lost the lock");
            }
          }
        };
    AverageJob job =
        new AverageJob(
            SharedSpark.session().sparkContext().hadoopConfiguration(),
            List.of(one.toString(), other.toString()));
    assertThatThrownBy(() -> job.run(place.toString(), fence, "test"))
        .isInstanceOf(LostLockException.class)
        .extracting(lost -> List.of(lost.getSuppressed()))
        .asString()
        .contains("holds other files");
  }

  @Test
  void anIsotonicCalibrationIsRefused() {
    Path isotonic = trained("isotonic", "train.calibration=isotonic");
    CommandRun run = average("none", one, isotonic);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(isotonic + " has an isotonic calibration");
  }

  private static void assertMean(String name, Path one, Path other) throws IOException {
    CommandRun run = average(name, one, other);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("average_of")).hasSize(2);
    Path mean = directory.resolve(name);
    Path rows = directory.resolve("rows.csv");
    Files.writeString(rows, "user,item\nv0,v1\nv3,new\n,v2\n");
    Path scores = directory.resolve(name + "-scores");
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            mean.toString(),
            "--input",
            rows.toString(),
            "--output",
            scores.toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    try (Scorer first = Scorer.load(one);
        Scorer second = Scorer.load(other);
        Scorer both = Scorer.load(mean)) {
      assertThat(both.verify()).isPositive();
      for (Row row : SharedSpark.session().read().parquet(scores.toString()).collectAsList()) {
        Map<String, Object> values =
            Map.of(
                "user", row.isNullAt(0) ? "" : row.getString(0),
                "item", row.isNullAt(1) ? "" : row.getString(1));
        double expected = (logit(first.score(values)) + logit(second.score(values))) / 2;
        assertThat(first.score(values)).isNotEqualTo(second.score(values));
        assertThat(logit(both.score(values))).isCloseTo(expected, within(1e-5));
        assertThat(row.getDouble(2)).isEqualTo(both.score(values));
      }
    }
    CommandRun inspected = CommandRun.of("inspect", "--model", mean.toString(), "--verify");
    assertThat(inspected.code()).as(inspected.err()).isZero();
  }

  @Test
  void attentionOverListsIsRefused() throws IOException {
    String lists = "fields=[user,{name=item,kind=multi}]";
    String attention = "model.list-pooling=attention";
    Path weighted = trained("weighted", lists, attention);
    CommandRun run =
        average("none", weighted, trained("weighted-2", lists, attention, "train.seed=2"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "--models: "
                + weighted
                + " has attention over the values of lists, which cannot be averaged; train with"
                + " model.list-pooling = mean");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void modelsThatDoNotBelongTogetherAreRefused() throws IOException {
    Path wider = trained("wider", "model.heads=2");
    CommandRun run = average("none", one, wider);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(wider + " has a different network than " + one);
    Path fewer = ClickModel.train(directory, "fewer", "user");
    assertThat(average("none", one, fewer).err()).contains("has different fields than");
    assertThat(average("none", one).err()).contains("name two models or more");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void modelsOfOtherSideTablesAreRefused() {
    for (int scale = 1; scale <= 2; scale++) {
      SharedSpark.session()
          .sql(
              "select concat('v', id) as item, array(cast(id as float), cast("
                  + scale
                  + " * id as float)) as image from range(7)")
          .write()
          .parquet(directory.resolve("items-" + scale).toString());
    }
    Path first = trained("images", table(1));
    Path second = trained("images-2", table(1), "train.seed=2");
    Path others = trained("images-3", table(2), "train.seed=2");
    CommandRun run = average("none", first, others);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .containsExactly(
            "error: --models: "
                + others
                + " has different rows of side tables than "
                + first
                + "; name models that were trained on the same rows and differ only in train.seed");
    assertThat(directory.resolve("none")).doesNotExist();
    CommandRun mean = average("mean-of-images", first, second);
    assertThat(mean.code()).as(mean.err()).isZero();
  }

  private static String table(int scale) {
    return "tables.item={path=\""
        + directory.resolve("items-" + scale)
        + "\", format=parquet, key=item, fields=[{name=image, kind=vector, length=2}]}";
  }

  @Test
  void nothingOfOthersIsReplaced() throws IOException {
    CommandRun there = average("other", one, other);
    assertThat(there.code()).isEqualTo(2);
    assertThat(there.err()).contains("is the same directory as");
    Path notes = Files.createDirectories(directory.resolve("notes")).resolve("mine.txt");
    Files.writeString(notes, "mine");
    assertThat(average("notes", one, other).code()).isEqualTo(2);
    assertThat(notes).hasContent("mine");
    assertThat(average("twice", one, other).code()).isZero();
    CommandRun again = average("twice", one, other);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("holds a model; add --overwrite to replace it");
  }
}
