package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on tables with a column of row weights. */
class WeightedRowsTest {
  private static final int ROWS = 1500;

  @TempDir static Path directory;

  @BeforeAll
  static void session() {
    SharedSpark.session();
  }

  private static double weight(int n) {
    return n % 11 == 0 ? 0 : 1 + n % 3;
  }

  /** Every tenth row validates and the one after it tests. */
  private static List<String> table(String name, IntToDoubleFunction weight) throws IOException {
    CounterRandom random = CounterRandom.of(3, Purpose.SPLIT);
    StringBuilder[] csv = new StringBuilder[3];
    for (int s = 0; s < 3; s++) {
      csv[s] = new StringBuilder("clicked,w,user,item\n");
    }
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(10, 3L * n);
      int item = random.below(12, 3L * n + 1);
      int click = random.uniform(3L * n + 2) < ((user + item) % 2 == 0 ? 0.8 : 0.2) ? 1 : 0;
      csv[n % 10 == 0 ? 1 : n % 10 == 1 ? 2 : 0].append(
          click + "," + weight.applyAsDouble(n) + ",u" + user + ",i" + item + "\n");
    }
    return write(name, csv[0].toString(), csv[1].toString(), csv[2].toString());
  }

  private static List<String> write(String name, String train, String validation, String test)
      throws IOException {
    Path at = Files.createDirectories(directory.resolve(name + "-rows"));
    Path conf = at.resolve("job.conf");
    Files.writeString(at.resolve("train.csv"), train);
    Files.writeString(at.resolve("validation.csv"), validation);
    Files.writeString(at.resolve("test.csv"), test);
    Files.writeString(
        conf,
        """
        source { format = csv, header = true }
        label = clicked
        weight = w
        fields = [ { name = user }, { name = item } ]
        split.paths { train = "%s", validation = "%s", test = "%s" }
        quarantine { max-fraction = 0.01 }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(
                at.resolve("train.csv"),
                at.resolve("validation.csv"),
                at.resolve("test.csv"),
                directory.resolve(name)));
    return List.of("train", "--config", conf.toString());
  }

  private static CommandRun run(List<String> command, String... more) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static CommandRun trained(List<String> command) {
    CommandRun run = run(command);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static Map<String, String> tensors(String name) {
    return ModelDigests.of(directory.resolve(name), file -> file.endsWith(".safetensors"));
  }

  private static void assertRefused(String name, CommandRun run, String... texts) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(texts).doesNotContain("\tat ").doesNotContain("loss");
    assertThat(directory.resolve(name)).doesNotExist();
  }

  @Full
  @Test
  void aCommonFactorOfAllWeightsChangesNeitherModelNorMetrics() throws IOException {
    JsonNode one = trained(table("one", WeightedRowsTest::weight)).json();
    double power = Math.scalb(1.0, 40);
    JsonNode scaled = trained(table("power", n -> power * weight(n))).json();
    assertThat(tensors("power")).isEqualTo(tensors("one"));
    for (String metric : List.of("auc", "log_loss", "pr_auc", "calibration", "validation_auc")) {
      assertThat(scaled.get(metric)).as(metric).isEqualTo(one.get(metric));
    }
    double[] factors = {1e-7, 1e-20, 1e15};
    for (double factor : factors) {
      JsonNode found = trained(table("times" + factor, n -> factor * weight(n))).json();
      for (String metric : List.of("auc", "log_loss", "validation_auc")) {
        assertThat(found.get(metric).asDouble())
            .as(metric + " at " + factor)
            .isCloseTo(one.get(metric).asDouble(), within(1e-4));
      }
    }
  }

  @Test
  void weightsThatAreAllZeroAreRefusedBeforeTraining() throws IOException {
    assertRefused(
        "zeros", run(table("zeros", n -> 0)), "column \"w\": all training rows have weight 0");
  }

  @Test
  void weightsTooFarApartAreRefusedNamingColumnAndWeight() throws IOException {
    assertRefused(
        "heavy",
        run(table("heavy", n -> n == 5 ? 1e15 : 1)),
        "column \"w\": weights of the training rows range from 1.00 to 1.00e+15 with a mean of ");
    assertRefused(
        "light",
        run(table("light", n -> n == 5 ? 1e-9 : 1)),
        "column \"w\": weights of the training rows range from 1.00e-09 to 1.00 with a mean of"
            + " 0.99");
  }

  @Test
  void weightsThatAreNoWeightsAreQuarantinedNamingTheColumn() throws IOException {
    String[] texts = {"-1", "NaN", "Infinity", "1e31", "1e-31", ""};
    for (String text : texts) {
      String rows = "clicked,w,user,item\n1," + text + ",u1,i1\n0,1,u1,i1\n";
      assertRefused(
          "odd",
          run(write("odd", rows, rows, rows)),
          "column \"w\": weight " + (text.isEmpty() ? "is missing" : text + " is not allowed"));
    }
  }

  @Test
  void aValidationLabelWithoutWeightIsRefusedBeforeTraining() throws IOException {
    String train = "clicked,w,user,item\n1,1,u1,i1\n0,1,u2,i1\n1,1,u1,i2\n0,1,u2,i2\n";
    String validation = "clicked,w,user,item\n1,1,u1,i1\n0,0,u2,i1\n";
    CommandRun run = run(write("blind", train, validation, validation));
    assertRefused("blind", run, "column \"w\": all validation rows of label 0 have weight 0");
    assertThat(run.err()).doesNotContain("epoch").doesNotContain("all labels are");
  }

  @Test
  void twoValidationRowsOfEqualFieldsAreNoCollapse() throws IOException {
    String rows = "clicked,w,user,item\n1,1,u1,i1\n0,1,u2,i1\n1,1,u1,i2\n0,1,u2,i2\n";
    String equal = "clicked,w,user,item\n1,1,u1,i1\n0,1,u1,i1\n";
    CommandRun run = trained(write("equal", rows, equal, equal));
    assertThat(run.json().get("auc").asDouble()).isEqualTo(0.5);
  }

  /** Rows of the log whose keys differ, while the side table has the same content for them. */
  @Test
  void validationRowsOfEqualContentAreNoCollapse() throws IOException {
    String rows = "clicked,w,user,item\n1,1,u1,i1\n0,1,u2,i1\n1,1,u1,i2\n0,1,u2,i2\n";
    String equal = "clicked,w,user,item\n1,1,u1,i1\n0,1,u1,i2\n";
    Path items =
        Files.writeString(directory.resolve("items.csv"), "item,genre\ni1,g\ni2,g\ni3,h\n");
    CommandRun run =
        run(
            write("equal-content", rows, equal, equal),
            "--set",
            "fields=[user]",
            "--set",
            "tables.item={path=\"" + items + "\", key=item, fields=[genre]}");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("auc").asDouble()).isEqualTo(0.5);
  }

  @Test
  void aNetworkWithoutAnyPartIsRefusedByTheConfiguration() throws IOException {
    CommandRun run = run(table("nothing", n -> 1), "--set", "model={layers=0,wide=false,deep=[]}");
    assertRefused("nothing", run, "model.layers = 0 leaves the network empty");
    assertThat(run.err()).doesNotContain("data:");
  }
}
