package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.predict.RowInput;
import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.spark.sink.ScratchDirectory;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

/** Commands on a log whose items have a side table. */
class SideTableCommandTest {
  @TempDir static Path directory;

  private static CommandRun trained;

  /** The label follows from a vector of the item; of 400 items the log has 300. */
  @BeforeAll
  static void train() throws IOException {
    SparkSession spark = SharedSpark.session();
    spark
        .sql(
            "select concat('i', id) as item, concat('g', pmod(hash(id), 5)) as genre,"
                + " split(concat('a', id % 3, ' b', id % 4), ' ') as words,"
                + " array(cast(pmod(hash(id, 7), 9) - 4 as float), cast(id % 2 as float)) as image"
                + " from range(400)")
        .write()
        .parquet(path("items"));
    spark
        .sql(
            "select cast(pmod(hash(n, 3), 100) < if(pmod(hash(item, 7), 9) > 4, 85, 15) as int) as"
                + " click, concat('u', pmod(hash(n), 30)) as user, concat('i', item) as item from"
                + " (select id as n, cast(pmod(hash(id, 5), 300) as bigint) as item from"
                + " range(8000))")
        .write()
        .parquet(path("log"));
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = parquet }
        label = click
        fields = [ { name = user, max-values = 1000, max-frequency = 0.9 } ]
        tables.item {
          path = "%s", format = parquet, key = item
          fields = [
            { name = genre }
            { name = words, kind = multi }
            { name = title, column = words, kind = text, ngrams = 2 }
            { name = image, kind = vector, length = 2 }
          ]
        }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 128, epochs = 4, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(path("log"), path("items"), path("model")));
    trained = CommandRun.of("train", "--config", directory.resolve("job.conf").toString());
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void contentTellsOfTheLabel() throws IOException {
    assertThat(trained.json().get("auc").asDouble()).as(trained.err()).isGreaterThan(0.8);
  }

  @Test
  void inspectWritesTheFieldsOfTheLogWithTheirLimits() {
    CommandRun model = CommandRun.of("inspect", "--model", path("model"), "--as-config");
    assertThat(model.code()).as(model.err()).isZero();
    assertThat(model.out().lines())
        .startsWith(
            "fields = [", "  { name = \"user\", max-values = 1000, max-frequency = 0.9 }", "]");
    CommandRun data = CommandRun.of("inspect", "--data", path("model.data"), "--as-config");
    assertThat(data.code()).as(data.err()).isZero();
    assertThat(data.out().lines())
        .startsWith(
            "# max-values and max-frequency of fields are not stored here: add those you have set",
            "fields = [",
            "  { name = \"user\" }",
            "]");
  }

  @Test
  void evaluateFindsTheFiguresOfTheTraining() throws IOException {
    CommandRun evaluated = CommandRun.of("evaluate", "--model", path("model"));
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    for (String metric : List.of("auc", "log_loss", "rows")) {
      assertThat(evaluated.json().get(metric)).as(metric).isEqualTo(trained.json().get(metric));
    }
  }

  /** Items 300 to 399 are in the side table only, items from 400 on nowhere. */
  @Test
  void predictAndScorerGiveEachItemWhatItsContentSays() throws IOException {
    SharedSpark.session()
        .sql("select 'u1' as user, nullif(concat('i', id), 'i399') as item from range(250, 420)")
        .write()
        .parquet(path("new"));
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            path("model"),
            "--input",
            path("new"),
            "--output",
            path("scores"));
    assertThat(predicted.code()).as(predicted.err()).isZero();
    List<Row> rows =
        SharedSpark.session().read().parquet(path("scores")).orderBy("item").collectAsList();
    assertThat(rows).hasSize(170);
    Map<String, Double> found = new HashMap<>();
    try (Scorer scorer = Scorer.load(directory.resolve("model"))) {
      for (Row row : rows) {
        Map<String, Object> values = new HashMap<>();
        values.put("user", row.getAs("user"));
        values.put("item", row.getAs("item"));
        double probability = row.getAs("probability");
        assertThat(scorer.score(values)).as(values.toString()).isEqualTo(probability);
        found.put(row.getAs("item"), probability);
      }
    }
    for (int item = 300; item < 399; item++) {
      boolean liked = liked(item);
      assertThat(found.get("i" + item)).as("item %d", item).matches(p -> (p > 0.5) == liked);
    }
    assertThat(found.get("i400")).isEqualTo(found.get("i419")).isEqualTo(found.get(null));
  }

  /** The user of the row does not give the content of the item, whose maker is a user. */
  @Test
  void aColumnOfTheLogIsNoContent() throws IOException {
    SharedSpark.session()
        .sql("select concat('i', id) as item, concat('u', id % 30) as user from range(400)")
        .write()
        .parquet(path("makers"));
    Files.writeString(
        directory.resolve("makers.conf"),
        """
        include "job.conf"
        tables = null
        tables.item {
          path = "%s", format = parquet, key = item, fields = [{ name = maker, column = user }]
        }
        train.epochs = 1
        output.model = "%s"
        """
            .formatted(path("makers"), path("by-makers")));
    String conf = directory.resolve("makers.conf").toString();
    CommandRun run = CommandRun.of("train", "--config", conf);
    assertThat(run.code()).as(run.err()).isZero();
    String[] predict = {
      "predict", "--model", path("by-makers"), "--input", path("log"), "--output", path("of-makers")
    };
    CommandRun predicted = CommandRun.of(predict);
    assertThat(predicted.code()).as(predicted.err()).isZero();
    try (Scorer scorer = Scorer.load(directory.resolve("by-makers"))) {
      for (Row row :
          SharedSpark.session().read().parquet(path("of-makers")).limit(50).collectAsList()) {
        Map<String, Object> values = Map.of("user", row.getAs("user"), "item", row.getAs("item"));
        assertThat(scorer.score(values)).isEqualTo(row.<Double>getAs("probability"));
      }
    }
  }

  /** An item of no row of the log has another genre: only its row of the side table differs. */
  @Test
  void modelsOfOtherSideTablesDiffer() throws IOException {
    SharedSpark.session()
        .read()
        .parquet(path("items"))
        .withColumn("genre", functions.expr("if(item = 'i350', 'new', genre)"))
        .write()
        .parquet(path("other-items"));
    CommandRun other =
        CommandRun.of(
            "train",
            "--config",
            directory.resolve("job.conf").toString(),
            "--set",
            "tables.item.path=" + path("other-items"),
            "--set",
            "output.model=" + path("other"));
    assertThat(other.code()).as(other.err()).isZero();
    CommandRun diff = CommandRun.of("diff", path("model"), path("other"));
    assertThat(diff.code()).as(diff.err()).isEqualTo(3);
    assertThat(diff.err()).contains("vocabulary/table-").doesNotContain("embedding.safetensors");
  }

  @Test
  void theScorerTakesContentWithTheRow() {
    Row known = SharedSpark.session().read().parquet(path("items")).filter("item = 'i7'").first();
    Map<String, Object> row = new HashMap<>(Map.of("user", "u1", "item", "i7"));
    try (Scorer scorer = Scorer.load(directory.resolve("model"))) {
      double byKey = scorer.score(row);
      for (Object missing : new Object[] {null, "", Double.NaN}) {
        row.put("genre", missing);
        assertThat(scorer.score(row)).isEqualTo(byKey);
      }
      row.put("genre", "g of another item");
      assertThat(scorer.score(row)).as("a log that has a column of the table").isEqualTo(byKey);
      for (String column : List.of("genre", "words", "image")) {
        Object value = known.getAs(column);
        row.put(column, value instanceof scala.collection.Seq<?> list ? list(list) : value);
      }
      assertThat(scorer.score(row)).isEqualTo(byKey);
      assertThat(scorer.contentColumns()).containsExactly("genre", "image", "words");
      // Together with rows that have keys only, in any order.
      Map<String, Object> other = Map.of("user", "u1", "item", "i8");
      RowInput input = scorer.newRow();
      assertThat(scorer.fields()).extracting(FieldSpec::column).containsExactly("user", "item");
      for (String item : List.of("i8", "nowhere", "i7")) {
        input.clear();
        input.set(0, "u1");
        input.set(1, item);
        assertThat(input.probability()).isEqualTo(scorer.score(Map.of("user", "u1", "item", item)));
      }
      for (ThrowingCallable lost :
          List.<ThrowingCallable>of(
              () -> scorer.score(Map.of("user", "u1", "item", "i\uFFFD")),
              () -> input.set(1, "i\uFFFD"))) {
        assertThatThrownBy(lost)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("field key of item: \"i\uFFFD\" holds bytes that are not text");
      }
      double[] several = new double[4];
      scorer.score(List.of(other, row, other, row), several);
      assertThat(several).containsExactly(scorer.score(other), byKey, scorer.score(other), byKey);
      row.put("item", "from nowhere");
      assertThat(scorer.score(row)).isEqualTo(byKey);
      row.put("image", List.of(4, 0));
      double liked = scorer.score(row);
      row.put("image", List.of(-4, 0));
      assertThat(liked).isGreaterThan(scorer.score(row));
      row.put("image", List.of(1));
      assertThatThrownBy(() -> scorer.score(row))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("field image: value must be a vector of 2 numbers, got 1");
    }
  }

  /** The graph takes the fields of the side table, not the key. */
  @Test
  void theGraphGivesTheProbabilitiesOfTheScorer() throws Exception {
    CommandRun exported =
        CommandRun.of(
            "export", "--model", path("model"), "--format", "onnx", "--output", path("m.onnx"));
    assertThat(exported.code()).as(exported.err()).isZero();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (Scorer scorer = Scorer.load(directory.resolve("model"));
        OrtSession session = environment.createSession(path("m.onnx"))) {
      for (int item : new int[] {7, 20, 350}) {
        Row row =
            SharedSpark.session()
                .read()
                .parquet(path("items"))
                .filter("item = 'i" + item + "'")
                .first();
        List<String> words = row.getList(row.fieldIndex("words"));
        List<String> parts = RawValues.texts(FieldSpec.text("title").withNgrams(2), words);
        List<Float> image = row.getList(row.fieldIndex("image"));
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map.of(
                "user",
                new String[] {"u1"},
                "genre",
                new String[] {row.getAs("genre")},
                "words",
                new String[][] {words.toArray(String[]::new)},
                "title",
                new String[][] {parts.toArray(String[]::new)},
                "image",
                new float[][] {{image.get(0), image.get(1)}})
            .forEach((name, value) -> inputs.put(name, tensor(environment, value)));
        try (OrtSession.Result result = session.run(inputs)) {
          float[] found = (float[]) result.get("probability").orElseThrow().getValue();
          assertThat((double) found[0])
              .isCloseTo(scorer.score(Map.of("user", "u1", "item", "i" + item)), within(1e-5));
        }
      }
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Object value) {
    try {
      return OnnxTensor.createTensor(environment, value);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<?> list(scala.collection.Seq<?> values) {
    return JavaConverters.seqAsJavaList(values);
  }

  /** Without the data set it has to be told how many rows the table has. */
  @Test
  void planCountsTheRowsOfTheTableOnce() throws IOException {
    CommandRun known = CommandRun.of("plan", "--config", path("job.conf"));
    assertThat(known.code()).as(known.err()).isZero();
    // 401 rows of an id, two lists of three ids on average, two numbers.
    assertThat(known.json().get("side_table_bytes").asLong()).isEqualTo(401 * 4 * (1 + 2 * 4 + 2));
    String[] elsewhere = {
      "plan",
      "--config",
      path("job.conf"),
      "--set",
      "output.data=" + path("none"),
      "--rows",
      "1000",
      "--vocabulary",
      "100",
      "--table-rows",
      "item=1000"
    };
    CommandRun told = CommandRun.of(elsewhere);
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.json().get("side_table_bytes").asLong()).isEqualTo(1000 * 4 * (1 + 2 * 4 + 2));
    // Of a row of the log the user and a number are stored, of the network there are five fields.
    assertThat(told.json().get("encoded_bytes").asLong()).isEqualTo(1000 * (2 * 4 + 4 + 4));
    CommandRun untold = CommandRun.of(Arrays.copyOf(elsewhere, elsewhere.length - 2));
    assertThat(untold.code()).isEqualTo(2);
    assertThat(untold.errors())
        .containsExactly("error: give --table-rows item=N, the rows of this side table");
  }

  @Test
  void predictReadsTheTableAgainWhenToldTo() throws IOException {
    SparkSession spark = SharedSpark.session();
    writeTableOfToday("today");
    spark
        .sql("select 'u1' as user, explode(array('liked', 'not', 'i7', 'i8')) as item")
        .coalesce(1)
        .write()
        .parquet(path("asked"));
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            path("model"),
            "--input",
            path("asked"),
            "--output",
            path("answers"),
            "--read-side-tables",
            "--set",
            "tables.item.path=" + path("today"));
    assertThat(predicted.code()).as(predicted.err()).isZero();
    Map<String, Double> found = new HashMap<>();
    for (Row row : spark.read().parquet(path("answers")).collectAsList()) {
      found.put(row.getAs("item"), row.getAs("probability"));
    }
    try (Scorer scorer = Scorer.load(directory.resolve("model"))) {
      for (Row row : spark.read().parquet(path("today")).collectAsList()) {
        Map<String, Object> values = new HashMap<>(Map.of("user", "u1", "genre", "g1"));
        values.put("words", row.getList(row.fieldIndex("words")));
        values.put("image", row.getList(row.fieldIndex("image")));
        assertThat(found.get(row.<String>getAs("item"))).isEqualTo(scorer.score(values));
      }
      // The table of today does not have it.
      assertThat(found.get("i8")).isEqualTo(scorer.score(Map.of("user", "u1", "item", "none")));
    }
    assertThat(found.get("liked")).isGreaterThan(found.get("not"));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".answers"));
    }
  }

  private static void writeTableOfToday(String name) {
    SharedSpark.session()
        .sql(
            "select item, genre, words, array(cast(if(item = 'liked', 4, -4) as float), cast(0 as"
                + " float)) as image from (select explode(array('liked', 'not', 'i7')) as item, 'g1'"
                + " as genre, array('a1', 'word of today') as words)")
        .write()
        .parquet(path(name));
  }

  @Test
  void evaluateAndExplainReadTheTableAgainWhenToldTo() throws IOException {
    SparkSession spark = SharedSpark.session();
    writeTableOfToday("labelled-today");
    spark
        .sql(
            "select 'u1' as user, element_at(array('liked', 'not', 'i7', 'i8'), int(id % 4) + 1) as"
                + " item, int(id % 3 = 0) as click from range(48)")
        .write()
        .parquet(path("labelled"));
    String[] options = {
      "--model",
      path("model"),
      "--input",
      path("labelled"),
      "--read-side-tables",
      "--set",
      "tables.item.path=" + path("labelled-today")
    };
    double expected = 0;
    try (Scorer scorer = Scorer.load(directory.resolve("model"))) {
      Map<String, Map<String, Object>> content = new HashMap<>();
      content.put("i8", Map.of("user", "u1", "item", "none"));
      for (Row row : spark.read().parquet(path("labelled-today")).collectAsList()) {
        Map<String, Object> values = new HashMap<>(Map.of("user", "u1", "genre", "g1"));
        values.put("words", row.getList(row.fieldIndex("words")));
        values.put("image", row.getList(row.fieldIndex("image")));
        content.put(row.getAs("item"), values);
      }
      for (Row row : spark.read().parquet(path("labelled")).collectAsList()) {
        double clicked = scorer.score(content.get(row.<String>getAs("item")));
        expected -= Math.log(row.<Integer>getAs("click") == 1 ? clicked : 1 - clicked) / 48;
      }
    }
    for (String command : List.of("evaluate", "explain")) {
      CommandRun run = CommandRun.of(with(new String[] {command}, options));
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.json().get("log_loss").asDouble()).isCloseTo(expected, within(1e-9));
      CommandRun stored =
          CommandRun.of(with(new String[] {command}, Arrays.copyOf(options, options.length - 3)));
      assertThat(stored.code()).as(stored.err()).isZero();
      assertThat(stored.json().get("log_loss").asDouble()).isNotCloseTo(expected, within(0.01));
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".model"));
    }
  }

  @Test
  void readingASideTableAgainTrustsTheUserAndNotTheModel() throws IOException {
    Path foreign = directory.resolve("foreign");
    ForeignModelTest.copy(
        directory.resolve("model"),
        foreign,
        job ->
            ((ObjectNode) job.at("/tables/item"))
                .putObject("options")
                .put("int96RebaseMode", "CORRECTED"));
    String output = path("foreign-answers");
    String[] predict = {
      "predict", "--model", foreign.toString(), "--input", path("log"), "--output", output
    };
    CommandRun refused = CommandRun.of(with(predict, "--read-side-tables"));
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.errors())
        .singleElement()
        .asString()
        .contains(" sets tables.item.options.int96RebaseMode")
        .contains("--trust-model");
    assertThat(Path.of(output)).doesNotExist();
    CommandRun retrained =
        CommandRun.of(
            "reproduce", "--model", foreign.toString(), "--output", path("foreign-again"));
    assertThat(retrained.code()).isEqualTo(2);
    assertThat(retrained.errors()).isEqualTo(refused.errors());
    assertThat(directory.resolve("foreign-again")).doesNotExist();
    CommandRun trusted = CommandRun.of(with(predict, "--read-side-tables", "--trust-model"));
    assertThat(trusted.code()).as(trusted.err()).isZero();
    // The rows in the model are data: scoring with them reads no side table.
    CommandRun stored = CommandRun.of(with(predict, "--overwrite"));
    assertThat(stored.code()).as(stored.err()).isZero();
  }

  @Test
  void sideTablesReadByAKilledRunAreRemovedByTheNextOneAndByNoWriter() throws IOException {
    String[] evaluate = {"evaluate", "--model", path("model"), "--read-side-tables"};
    Path besideTheModel = sideTablesInUse("model");
    org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path(path("model"));
    new Siblings(Storage.of(SharedSpark.context().hadoopConfiguration(), model), model)
        .removeLeftovers();
    CommandRun atTheSameTime = CommandRun.of(evaluate);
    assertThat(atTheSameTime.code()).as(atTheSameTime.err()).isZero();
    assertThat(besideTheModel).isDirectory();

    endTheProcessOf(besideTheModel);
    CommandRun next = CommandRun.of(evaluate);
    assertThat(next.code()).as(next.err()).isZero();
    assertThat(next.err()).contains("removed " + besideTheModel + ", left by a killed run");
    assertThat(besideTheModel).doesNotExist();

    Path besideTheOutput = sideTablesInUse("scored");
    endTheProcessOf(besideTheOutput);
    CommandRun predicted =
        CommandRun.of("predict", "--model", path("model"), "--output", path("scored"));
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(besideTheOutput).doesNotExist();
  }

  /** The directory of a run in this process that reads side tables. */
  private static Path sideTablesInUse(String output) throws IOException {
    ScratchDirectory scratch =
        new ScratchDirectory(SharedSpark.context().hadoopConfiguration(), path(output));
    scratch.begin(line -> {});
    Path made = Path.of(new org.apache.hadoop.fs.Path(scratch.path()).toUri().getPath());
    Files.writeString(made.resolve("table-000-00000.safetensors"), "rows");
    return made;
  }

  /** A process of this number that started at another time is another one: it has ended. */
  private static void endTheProcessOf(Path scratch) throws IOException {
    Path marker = scratch.resolve("_destine.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(marker.toFile());
    ((ObjectNode) json.path("unfinished")).put("process_ticks", "0");
    Files.writeString(marker, json.toString());
    Files.deleteIfExists(scratch.resolve("._destine.json.crc"));
  }

  @Test
  void problemsOfASideTableNameTheKeysOfItsSection() throws IOException {
    String config = Files.readString(directory.resolve("job.conf"));
    String items = "path = \"" + path("items") + "\"";
    assertThat(errorOf(config.replace(items, "table = none_such")))
        .startsWith("error: tables.item.table: ")
        .contains("none_such");
    assertThat(errorOf(config.replace(items, items + ", table = items")))
        .contains("tables.item.table: given together with path; leave one of them out");
    assertThat(errorOf(config.replace(items + ", format = parquet", items + ", format = nonsense")))
        .startsWith("error: tables.item.format: ")
        .contains("nonsense");
    assertThat(errorOf(config.replace(items, items + ", options.mergeSchema = x")))
        .startsWith("error: tables.item.options: Spark refuses to read " + path("items"));
    Path csv = Files.writeString(directory.resolve("items.csv"), "item;brand\ni1;b1\n");
    String separated = "path = \"" + csv + "\", format = csv, options.header = true";
    assertThat(errorOf(config.replace(items + ", format = parquet", separated)))
        .contains(csv.toString())
        .contains("Set tables.item.options.sep = \";\"")
        .doesNotContain("source.");
  }

  /** The fields of the side table belong to the model that it replaces. */
  @Test
  void aTrainingThatIsResumedReplacesItsModel() {
    String[] train = {
      "train",
      "--config",
      directory.resolve("job.conf").toString(),
      "--set",
      "train.epochs=1",
      "--set",
      "output.model=" + path("again")
    };
    CommandRun first = CommandRun.of(train);
    assertThat(first.code()).as(first.err()).isZero();
    CommandRun resumed = CommandRun.of(with(train, "--resume", "--set", "train.seed=2"));
    assertThat(resumed.code()).as(resumed.err()).isZero();
  }

  private static String errorOf(String config) throws IOException {
    Path file = Files.writeString(directory.resolve("wrong.conf"), config);
    CommandRun refused =
        CommandRun.of("train", "--config", file.toString(), "--set", "output.model=" + path("no"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.errors()).hasSize(1);
    return refused.errors().get(0);
  }

  private static String[] with(String[] command, String... options) {
    return Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new);
  }

  private static boolean liked(int item) {
    return SharedSpark.session()
        .sql("select pmod(hash(cast(" + item + " as bigint), 7), 9) > 4")
        .first()
        .getBoolean(0);
  }

  @Test
  void explainNamesTheFieldsOfTheSideTable() throws IOException {
    CommandRun explained = CommandRun.of("explain", "--model", path("model"));
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(explained.err()).contains("image");
  }
}
