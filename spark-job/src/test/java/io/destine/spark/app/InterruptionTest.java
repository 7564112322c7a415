package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.train.HeldFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the line of a stopped command says about its data. */
class InterruptionTest {
  @TempDir static Path directory;

  @BeforeAll
  static void train() throws IOException {
    ClickModel.train(directory, "model", "user", "item");
    SharedSpark.context().hadoopConfiguration().set("fs.held.impl", HeldFileSystem.class.getName());
  }

  /** The storage renames file by file. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate --shape plain --rows 10",
        "predict --model MODEL",
        "export --model MODEL --format parquet",
      })
  void aPartOfAnOutputMayHaveToBeReplaced(String command) {
    String output = "held:" + directory.resolve(command.split(" ")[0]);
    List<String> words = new ArrayList<>();
    String model = directory.resolve("model").toString();
    List.of(command.split(" ")).forEach(word -> words.add(word.replace("MODEL", model)));
    words.addAll(List.of("--output", output));
    Set<Interruption.Remains> said = ConcurrentHashMap.newKeySet();
    HeldFileSystem.hold(
        path -> {
          said.add(Interruption.now());
          return false;
        });
    CommandRun run = CommandRun.of(words.toArray(new String[0]));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(said)
        .containsExactly(
            new Interruption.Remains(
                "; without _SUCCESS the output has a part of the rows: run the same command again"
                    + " with --overwrite",
                "without _SUCCESS the output has a part of the rows"));
    assertThat(Interruption.now()).isEqualTo(Interruption.Remains.NOTHING);
  }

  /** Each of them makes the same command end with an error. */
  @Test
  void aReplayNamesAllThatStandsInTheWayOfTheNextOne() {
    assertThat(Interruption.remains("replay").get().bySignal())
        .contains("output.model", ".frozen", ".scratch", "the file of --table");
  }

  @Test
  void aTrainedModelIsComplete() {
    Interruption.trained(SharedSpark.session(), "clicks");
    assertThat(Interruption.now().bySignal()).isEqualTo("; the model is complete in clicks");
    assertThat(Interruption.now().kept()).isEqualTo("the model is complete in clicks");
    Interruption.over();
  }
}
