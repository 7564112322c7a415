package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Check;
import io.destine.config.Meaning;
import io.destine.config.Metric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The record component defines a setting completely. */
class RecordReaderTest {
  record Sizes(
      @Meaning(value = "most rows", preset = "7") int mostRows,
      @Meaning(value = "half of them", preset = "0") int half) {
    Sizes {
      Check.atLeast("job.most-rows", 1, mostRows);
    }
  }

  record Door(@Meaning("closed") boolean shut) {}

  record Job(
      @Meaning(value = "a choice", key = "by", preset = "auc") Metric metric,
      @Meaning("a text") Optional<String> where,
      @Meaning("numbers") List<Integer> deep,
      Sizes sizes,
      @Meaning(value = "its name", required = "a name") String name,
      @Meaning("a door") Door door) {}

  private final Reading reading = new Reading("file", Reading.Origin.FILE);
  private final ObjectNode noted = JsonNodeFactory.instance.objectNode();
  private final RecordReader reader =
      new RecordReader(reading, Map.of("job.half", before -> (int) before.get("mostRows") / 2));

  private Job read(String hocon, Job presets) {
    Section section =
        reading.section("job", HoconFile.parse(hocon, List.of()).root().root(), noted);
    Job job = reader.record(section, Job.class, presets);
    reading.rejectUnknownKeys();
    return job;
  }

  @Test
  void theComponentIsReadDeclaredAndNoted() {
    Job job = read("by = log_loss, deep = [4], most-rows = 9, name = n, door.shut = yes", null);
    assertThat(reading.problems()).isEmpty();
    assertThat(job)
        .isEqualTo(
            new Job(
                Metric.LOG_LOSS,
                Optional.empty(),
                List.of(4),
                new Sizes(9, 4),
                "n",
                new Door(true)));
    assertThat(noted)
        .hasToString(
            "{\"door\":{\"shut\":true},\"by\":\"log_loss\",\"deep\":[4],\"most-rows\":9,"
                + "\"half\":4,\"name\":\"n\"}");
    assertThat(reading.settings())
        .containsExactly(
            new Setting("job.by", "one of auc, log_loss", "auc", "a choice"),
            new Setting("job.where", "a string", "", "a text"),
            new Setting("job.deep", "a list of whole numbers", "[]", "numbers"),
            new Setting("job.most-rows", "a whole number", "7", "most rows"),
            new Setting("job.half", "a whole number", "4", "half of them"),
            new Setting("job.name", "a string", "", "its name"),
            new Setting("job.door.shut", "true or false", "false", "closed"));
  }

  @Test
  void ofAPresetAllIsAsItIs() {
    Job preset =
        new Job(Metric.AUC, Optional.of("x"), List.of(), new Sizes(3, 3), "m", new Door(false));
    assertThat(read("", preset)).isEqualTo(preset);
  }

  @Test
  void everythingThatIsWrongIsNamed() {
    read("by = x, most-rows = 0, deep = [a], door = 1, half = one, wher = y", null);
    assertThat(reading.problems())
        .containsExactlyInAnyOrder(
            "file: job.by is \"x\"; it must be one of auc, log_loss",
            "file: job.most-rows is 0; it must be at least 1",
            "file: job.deep is the list [a]; it must be a list of whole numbers",
            "file: job.door is \"1\"; it must be an object, { key = value }",
            "file: job.half is \"one\"; it must be a whole number",
            "file: job.name is missing; give a name",
            "file: unknown key \"job.wher\"; did you mean \"job.where\"?");
  }

  @Test
  void aNumberIsShownAsItIsWritten() {
    read("name = n, half = 1.0, deep = [2.0]", null);
    assertThat(reading.problems())
        .containsExactlyInAnyOrder(
            "file: job.half is \"1.0\"; it must be a whole number",
            "file: job.deep is the list [2.0]; it must be a list of whole numbers");
  }
}
