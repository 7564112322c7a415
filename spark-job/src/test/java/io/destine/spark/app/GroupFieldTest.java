package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GAUC by user in a model that knows the user. */
class GroupFieldTest {
  private static final int ROWS = 1_200;
  private static final int USERS = 8;

  @TempDir static Path directory;

  /** The last column is a copy of the user that is no field. */
  @BeforeAll
  static void table() throws IOException {
    SharedSpark.session();
    CounterRandom random = CounterRandom.of(5, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item,user_again\n");
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(USERS, 3L * n);
      int item = random.below(9, 3L * n + 1);
      int click = random.uniform(3L * n + 2) < 0.1 * (user + 1) * (item % 2 + 1) / 2 ? 1 : 0;
      csv.append(click + ",u" + user + ",i" + item + ",u" + user + "\n");
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
  }

  private static JsonNode trained(String model, String group) throws IOException {
    Path conf = directory.resolve(model + ".conf");
    Files.writeString(
        conf,
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ user, item ]
        group = %s
        split { train = 0.6, validation = 0.2, test = 0.2, seed = 1 }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), group, directory.resolve(model)));
    CommandRun run = CommandRun.of("train", "--config", conf.toString());
    assertThat(run.code()).as(run.err()).isZero();
    return run.json();
  }

  private static Map<String, String> tensors(String model) {
    return ModelDigests.of(directory.resolve(model), file -> file.endsWith(".safetensors"));
  }

  @Test
  void groupingByAFieldIsGroupingByAColumnOfEqualValues() throws IOException {
    JsonNode grouped = trained("grouped", "user");
    JsonNode again = trained("again", "user_again");
    assertThat(tensors("grouped")).isEqualTo(tensors("again"));
    for (String figure : List.of("auc", "log_loss", "gauc")) {
      assertThat(grouped.get(figure)).as(figure).isEqualTo(again.get(figure));
      assertThat(grouped.get(figure).asDouble()).as(figure).isBetween(0.5, 0.95);
    }
    assertThat(grouped.get("gauc_groups").asInt() + grouped.get("gauc_skipped").asInt())
        .isEqualTo(USERS);

    assertThat(ModelDigests.values(directory.resolve("grouped")).values())
        .extracting(text -> text.split(" ")[1])
        .filteredOn(value -> value.startsWith("u"))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, USERS).mapToObj(u -> "u" + u).toList());
  }
}
