package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Attention;
import io.destine.config.CalibrationMethod;
import io.destine.config.Components;
import io.destine.config.ListPooling;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Residual;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.config.Unary;
import io.destine.config.WideConfig;
import io.destine.config.WideOptimizer;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import io.destine.kernel.KernelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobConfigReaderTest {
  private static final String SMALL =
      """
      source { path = clicks.csv }
      label = clicked
      output { model = runs/clicks }
      """;

  private static final String EVERYTHING =
      """
      source {
        path = [ a.txt, b.txt ], format = tsv, header = false
        columns = [ y, w, g, d, user, price, genres, image ]
        options { charset = latin1, "my.password" = hush }
      }
      label = y, weight = w, group = g, date = d
      fields = [
        { name = user, hash-buckets = 700 }
        { name = cost, column = price, kind = numeric, transform = quantile, buckets = 7 }
        { name = genres, kind = multi, separator = ";", max-values = 50, max-frequency = 0.9 }
        { name = image, kind = vector, length = 3 }
      ]
      split { train = 0.5, validation = 0.25, test = 0.25, seed = 9, key = u }
      vocabulary { min-count = 3, oov-buckets = 4, max-values = 1000, max-frequency = 0.29 }
      quarantine { max-fraction = 0.5 }
      model {
        embedding-dim = 8, heads = 3, head-dim = 5, layers = 4, attention = plain, unary = linear
        residual = last_layer, scale = true, relu-before-attention = true, bias = true
        wide = true, deep = [ 40, 20 ], batch-norm = true, fm = true
        attention-dropout = 0.1, deep-dropout = 0.2, consistency = 0.3, list-pooling = attention, key-dropout = 0.4
      }
      train {
        batch-size = 32, epochs = 2, seed = 11, blocks-per-step = 6, plateau-factor = 0.5
        schedule = cosine, rate-scaling = sqrt, network-l2 = 0.01
        wide { optimizer = ftrl, learning-rate = 0.2, l1 = 0.3, l2 = 0.4 }
        plateau-cuts = 3, metric = log_loss, optimizer = adagrad, learning-rate = 0.01
        beta1 = 0.8, beta2 = 0.99, epsilon = 1e-7, embedding-l2 = 0.05, clip-norm = 5
        warmup-steps = 100, average = 0.5
      }
      compute { kernel = nd4j, rows-memory = 0.25 }
      output { model = m, data = e }
      """;

  @TempDir Path directory;

  @Test
  void everyKeyReachesItsRecord() {
    JobConfig c = JobConfigReader.parse(EVERYTHING, List.of());
    assertThat(c.source())
        .isEqualTo(
            new SourceConfig(
                List.of("a.txt", "b.txt"),
                "tsv",
                false,
                List.of("y", "w", "g", "d", "user", "price", "genres", "image"),
                Map.of("charset", "latin1", "my.password", "hush")));
    assertThat(List.of(c.label(), c.weight().get(), c.group().get(), c.date().get()))
        .containsExactly("y", "w", "g", "d");
    assertThat(c.fields())
        .containsExactly(
            FieldSpec.categorical("user").withHashBuckets(700),
            new FieldSpec("cost", "price", FieldKind.NUMERIC, Transform.QUANTILE, 7, "|", 1),
            new FieldSpec("genres", null, FieldKind.MULTI, null, 20, ";", 1),
            FieldSpec.vector("image", 3));
    assertThat(c.split())
        .isEqualTo(new SplitConfig.ByFraction(0.5, 0.25, 0.25, 9, Optional.of("u")));
    assertThat(c.vocabulary())
        .isEqualTo(
            new VocabularyConfig(3, 4, 1000, Map.of("genres", 50), 0.29, Map.of("genres", 0.9)));
    assertThat(c.quarantine()).isEqualTo(new QuarantineConfig(0.5));
    assertThat(c.model())
        .isEqualTo(
            new ModelConfig(
                8,
                3,
                5,
                4,
                Attention.PLAIN,
                Unary.LINEAR,
                Residual.LAST_LAYER,
                true,
                true,
                true,
                true,
                List.of(40, 20),
                true,
                true,
                0.1,
                0.2,
                0.3,
                ListPooling.ATTENTION,
                0.4));
    assertThat(c.train())
        .isEqualTo(
            new TrainConfig(
                32,
                2,
                11,
                6,
                Schedule.COSINE,
                RateScaling.SQRT,
                0.5,
                3,
                Metric.LOG_LOSS,
                CalibrationMethod.NONE,
                new OptimizerConfig(
                    OptimizerKind.ADAGRAD,
                    0.01,
                    0.8,
                    0.99,
                    1e-7,
                    Optional.of(0.05),
                    0.01,
                    new WideConfig(WideOptimizer.FTRL, 0.2, 0.3, 0.4),
                    5,
                    100,
                    0.5)));
    assertThat(c.compute()).isEqualTo(new ComputeConfig(KernelChoice.ND4J, 0.25, TableOwner.AUTO));
    assertThat(c.output()).isEqualTo(new OutputConfig("m", Optional.of("e"), 32_768));
  }

  @Test
  void leftOutKeysTakeTheRecordsDefaults() {
    JobConfig c = JobConfigReader.parse(SMALL, List.of());
    assertThat(c.source().form().format()).isEqualTo("csv");
    assertThat(c.source().form().header()).isTrue();
    assertThat(c.fields()).isEmpty();
    assertThat(c.weight()).isEmpty();
    assertThat(c.split()).isEqualTo(SplitConfig.defaults());
    assertThat(c.vocabulary()).isEqualTo(new VocabularyConfig(2, 1));
    assertThat(c.quarantine()).isEqualTo(new QuarantineConfig(0.001));
    assertThat(c.model()).isEqualTo(ModelConfig.builder().build());
    assertThat(c.train()).isEqualTo(TrainConfig.defaults());
    assertThat(c.compute().kernel()).isEqualTo(KernelChoice.AUTO);
    assertThat(c.output().data()).isEqualTo("runs/clicks.data");
  }

  @Test
  void allProblemsAreListedAtOnceWithFileLineAndSuggestion() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("bad.conf"),
            """
            source { path = clicks.csv }
            labl = clicked
            fields = [
              { name = price, kind = numeric, transform = quantile, buckets = 1 }
              { name = city, kin = categorical }
              { name = age, kind = numeric, transform = linear, max-values = 9 }
              { name = shop, max-values = -1 }, { name = a, hash-buckets = 0 }
              { name = b, hash-buckets = 9, kind = numeric }, { name = c, hash-buckets = 2000000000 }
              { name = d, max-frequency = 2 }
            ]
            model {
              heads = 0
              layers = two
              attention = bothe
              embeding-dim = 8
              head-dim = -1
            }
            train { batch-size = 100, epochs = 0 }
            vocabulary { min-count = 2.5, max-values = -2 }
            compute = fast
            output { model = m }
            """);
    assertThatThrownBy(() -> JobConfigReader.read(file, List.of("train.epohcs=3", "model.bias=2")))
        .isInstanceOfSatisfying(
            ConfigProblems.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        file + ": label is missing; give the name of a column",
                        file + ":2: unknown key \"labl\"; did you mean \"label\"?",
                        file + ":4: fields[0].buckets is 1; it must be at least 2",
                        file
                            + ":5: unknown key \"fields[1].kin\"; did you mean"
                            + " \"fields[1].kind\"?",
                        file
                            + ":6: fields[2].max-values is 9; it must be left out of a field"
                            + " without a vocabulary",
                        file + ":7: fields[3].max-values is -1; it must be at least 0",
                        file + ":19: vocabulary.max-values is -2; it must be at least 0",
                        file
                            + ":9: fields[7].max-frequency is 2.0; it must be above 0 and at most"
                            + " 1",
                        file + ":7: fields[4].hash-buckets is 0; it must be from 1 to 1073741824",
                        file
                            + ":8: fields[5].hash-buckets is 9; it must be left out of a"
                            + " log-squared field",
                        file
                            + ":8: fields[6].hash-buckets is 2000000000; it must be from 1 to"
                            + " 1073741824",
                        file + ":12: model.heads is 0; it must be at least 1",
                        file + ":13: model.layers is \"two\"; it must be a whole number",
                        file
                            + ":14: model.attention is \"bothe\"; it must be one of both,"
                            + " pairwise, unary, plain",
                        file
                            + ":15: unknown key \"model.embeding-dim\"; did you mean"
                            + " \"model.embedding-dim\"?",
                        file + ":16: model.head-dim is -1; it must be at least 1",
                        "--set: model.bias is \"2\"; it must be true or false",
                        file + ":18: train.batch-size is 100; it must be a multiple of 16",
                        file + ":18: train.epochs is 0; it must be at least 1",
                        "--set: unknown key \"train.epohcs\"; did you mean \"train.epochs\"?",
                        file + ":19: vocabulary.min-count is \"2.5\"; it must be a whole number",
                        file + ":20: compute is \"fast\"; it must be an object, { key = value }"));
  }

  @Test
  void valuesOfSetAreTakenToTheLastCharacter() {
    for (String value :
        List.of(
            "/data/dd//sub/x.csv",
            "s3a://bucket/a#b.csv",
            "a=1, b=2",
            "C:\\tmp",
            "[unclosed",
            "007",
            "1.10",
            "two words")) {
      JobConfig c = JobConfigReader.parse(SMALL, List.of("label=" + value, "weight=w//#"));
      assertThat(c.label()).isEqualTo(value);
      assertThat(c.weight()).contains("w//#");
    }
    JobConfig lists =
        JobConfigReader.parse(
            SMALL,
            List.of(
                "source.path=[/a//b.csv, \"/c//d\\\"#.csv\", /e#f.csv]",
                "source.options={ password = pa//ss#1, \"a.b\" = c }",
                "label=\"quoted // text\"",
                "weight=null",
                "group=${?HOME}//g",
                "fields=\"*\""));
    assertThat(lists.source().rows().paths())
        .containsExactly("/a//b.csv", "/c//d\"#.csv", "/e#f.csv");
    assertThat(lists.source().form().options())
        .isEqualTo(Map.of("password", "pa//ss#1", "a.b", "c"));
    assertThat(lists.label()).isEqualTo("quoted // text");
    assertThat(lists.weight()).isEmpty();
    assertThat(lists.group()).contains(System.getenv("HOME") + "//g");
    assertThat(lists.fields()).isEmpty();
  }

  /** Where a text is expected, an unquoted number keeps its leading and trailing zeros. */
  @Test
  void numbersInThePlaceOfTextsKeepTheirSpelling() {
    JobConfig c =
        JobConfigReader.parse(SMALL + "source.options { password = 0123, a = 1.10 }", List.of());
    assertThat(c.source().form().options()).isEqualTo(Map.of("password", "0123", "a", "1.10"));
  }

  @Test
  void pathsThatNoFileSystemTakesAreNamed() {
    assertProblem("source.path=[a.csv, null]", "source.path is the list [a.csv, null]");
    assertProblem("source.path=[a.csv, \"\"]", "source.path: a path is empty");
    assertProblem("source.path=[\"a:b.csv\"]", "\"a:b.csv\" is not a path; write ./ before");
    assertProblem("output.model=\" \"", "output.model: a path is empty");
    assertProblem("output.data=\"a:b\"", "output.data: \"a:b\" is not a path");
    assertProblem("nightly.input=\"a:b/{date}\"", "nightly.input: \"a:b/{date}\" is not a path");
    assertThat(
            JobConfigReader.parse(SMALL, List.of("source.path=./a:b.csv")).source().rows().paths())
        .containsExactly("./a:b.csv");
  }

  @Test
  void statesAndConditionsAreThoseOfATable() {
    assertProblem("source.where=\"n < 2\"", "source.where: only for source.table");
    assertProblem("source.version-as-of=17", "source.version-as-of: only for source.table or");
    assertProblem("source.timestamp-as-of=now", "source.timestamp-as-of: only for source.table");
    String item = "tables.item={ path = a, key = k, fields = [f], %s }";
    assertProblem(
        item.formatted("version-as-of = 3"), "tables.item.version-as-of: only for table;");
    assertProblem(
        item.formatted("timestamp-as-of = now"), "tables.item.timestamp-as-of: only for table;");
    String job = JobConfigReader.parse(SMALL, List.of(item.formatted("format = csv"))).toJson();
    JobConfig stored =
        JobConfigReader.stored("m", job, List.of("tables.item.version-as-of=3"), false);
    assertThat(stored.tables().get(0).source().rows().versionAsOf())
        .as("a model that has the setting")
        .hasValue("3");
    assertThat(JobConfigReader.stored("m", stored.toJson(), List.of(), false)).isEqualTo(stored);
    assertProblem("nightly.where=\"day = '{date}'\"", "nightly.where: only for nightly.table");
    assertProblem("nightly.complete-when=true", "nightly.complete-when: only for nightly.table");
    assertProblem("nightly.table=db.clicks", "nightly.where: missing; it is the condition");
    assertThatThrownBy(
            () ->
                JobConfigReader.parse(
                    SMALL, List.of("nightly.table=t", "nightly.where=\"day = '2026-03-01'\"")))
        .hasMessageContaining("nightly.where: \"day = '2026-03-01'\" has no {date}");
    String table = TABLE + "label = y\noutput.model = m\n";
    assertThatThrownBy(() -> JobConfigReader.parse(table + "source.path = a.csv", List.of()))
        .hasMessageContaining("source.table: given together with source.path");
    assertThatThrownBy(() -> JobConfigReader.parse(table + "source.timestamp-as-of = x", List.of()))
        .hasMessageContaining("source.timestamp-as-of: given together with source.version-as-of");
    JobConfig config = JobConfigReader.parse(table, List.of());
    assertThat(config.source().rows().versionAsOf()).hasValue("8744736658442914487");
    assertThat(config.source().rows().where()).containsExactly("n < 2", "n > 7");
    assertThat(config.source().name()).isEqualTo("table db.clicks where n < 2 or n > 7");
    assertThat(JobConfigReader.stored("m", config.toJson(), List.of(), true)).isEqualTo(config);
  }

  private static final String TABLE =
      "source { table = db.clicks, where = [\"n < 2\", \"n > 7\"]\n"
          + " version-as-of = 8744736658442914487 }\n";

  private static void assertProblem(String override, String text) {
    assertThatThrownBy(() -> JobConfigReader.parse(SMALL, List.of(override)))
        .as(override)
        .isInstanceOfSatisfying(ConfigProblems.class, e -> assertThat(e.problems()).hasSize(1))
        .hasMessageContaining(text);
  }

  @Test
  void aNumberOrAWordIsOneOfBoth() {
    assertProblem("train.embedding-l2=fast", "is \"fast\"; it must be a number or auto");
    assertProblem("train.embedding-l2=", "is \"\"; it must be a number or auto");
    assertProblem("nightly.learning-rate=", "is \"\"; it must be a number");
    assertProblem("nightly.keep-runs=3", "it must be at least nightly.recent-days, 7");
    assertThat(JobConfigReader.parse(SMALL, List.of("train.embedding-l2=auto")))
        .isEqualTo(JobConfigReader.parse(SMALL, List.of()));
  }

  @Test
  void aWordOfSetWithoutAnEqualsSignIsSaidWithoutItsSecret() {
    assertThatThrownBy(() -> JobConfigReader.parse(SMALL, List.of("train.epochs")))
        .hasMessage("--set takes KEY=VALUE, such as train.epochs=3; \"train.epochs\" has no \"=\"");
    assertThatThrownBy(() -> JobConfigReader.parse(SMALL, List.of("password:hush")))
        .isInstanceOf(ConfigProblems.class)
        .message()
        .doesNotContain("hush");
  }

  @Test
  void anAbsentFileIsOneClearLine() {
    Path file = directory.resolve("none.conf");
    assertThatThrownBy(() -> JobConfigReader.read(file, List.of()))
        .isInstanceOf(ConfigProblems.class)
        .hasMessage(file + ": no such configuration file");
  }

  @Test
  void textThatIsNotHoconIsOneClearLine() {
    assertThatThrownBy(() -> JobConfigReader.parse("source { path = ", List.of()))
        .isInstanceOfSatisfying(ConfigProblems.class, e -> assertThat(e.problems()).hasSize(1))
        .hasMessageStartingWith("configuration: 1: ");
  }

  @Test
  void includedFilesAndOverridesAreRead() throws IOException {
    Files.writeString(directory.resolve("base.conf"), SMALL + "train { epochs = 3, seed = 5 }");
    Path file =
        Files.writeString(
            directory.resolve("run.conf"), "include \"base.conf\"\ntrain.epochs = 4\n");
    JobConfig c =
        JobConfigReader.read(
            file, List.of("train.seed=6", "train.seed=7", "source.path=hdfs://h:1/x"));
    assertThat(c.train().epochs()).isEqualTo(4);
    assertThat(c.train().seed()).isEqualTo(7);
    assertThat(c.source().rows().paths()).containsExactly("hdfs://h:1/x");
  }

  @Test
  void environmentVariablesFillInWhenTheyAreSet() {
    String hocon =
        SMALL + "compute.kernel = ${?NO_SUCH_VARIABLE}\nmodel.heads = ${?OMP_NUM_THREADS}";
    JobConfig c = JobConfigReader.parse(hocon, List.of());
    assertThat(c.compute().kernel()).isEqualTo(KernelChoice.AUTO);
    assertThat(c.model().heads()).isEqualTo(Integer.parseInt(System.getenv("OMP_NUM_THREADS")));
  }

  @Test
  void theRenderedConfigurationReadsBackToItselfButForSecrets() {
    JobConfig c = JobConfigReader.parse(EVERYTHING, List.of());
    String json = c.toJson();
    assertThat(json).contains("(hidden)").doesNotContain("hush");
    JobConfig again = JobConfigReader.parse(json, List.of("source.options.\"my.password\"=hush"));
    assertThat(again).isEqualTo(c);
    assertThat(again.fingerprint()).isEqualTo(c.fingerprint());
  }

  @Test
  void splitsByDateAndByPathsReadBackToThemselves() {
    String byDate =
        SMALL
            + "split { by-date { column = day, validation-from = \"2026-01-08\","
            + " test-from = \"2026-01-09\" } }";
    JobConfig dated = JobConfigReader.parse(byDate, List.of());
    assertThat(dated.split())
        .isEqualTo(new SplitConfig.ByDate("day", "2026-01-08", Optional.of("2026-01-09")));
    assertThat(JobConfigReader.parse(dated.toJson(), List.of())).isEqualTo(dated);
    for (String setting :
        List.of(
            "split.train=0.8",
            "split.validation=0.1",
            "split.test=0.1",
            "split.seed=2",
            "split.key=user")) {
      assertThatThrownBy(() -> JobConfigReader.parse(byDate, List.of(setting)))
          .isInstanceOf(ConfigProblems.class)
          .hasMessage(
              "--set: "
                  + setting.substring(0, setting.indexOf('='))
                  + " is given with split.by-date, but applies only to a split by fractions; leave"
                  + " it out");
    }
    JobConfig paths =
        JobConfigReader.parse(
            "label = y, output.model = m, split.paths { train = a, validation = b, test = c }",
            List.of());
    assertThat(paths.split())
        .isEqualTo(new SplitConfig.ByPaths("a", Optional.of("b"), Optional.of("c")));
    assertThat(JobConfigReader.parse(paths.toJson(), List.of())).isEqualTo(paths);
    String path = "label = y, output.model = m, source.path = t";
    assertThatThrownBy(() -> JobConfigReader.parse(path, List.of("split.paths.train=a")))
        .isInstanceOf(ConfigProblems.class)
        .hasMessage(
            "--set: split.paths: given together with source.path or source.table; leave one of them out");
  }

  @Test
  void onlySettingsOfTheDataChangeTheEncodingFingerprint() {
    JobConfig c = JobConfigReader.parse(SMALL, List.of());
    for (String other : List.of("model.heads=3", "train.blocks-per-step=8")) {
      assertThat(JobConfigReader.parse(SMALL, List.of(other)).encodingFingerprint())
          .as(other)
          .isEqualTo(c.encodingFingerprint());
    }
    for (String change :
        List.of(
            "split.seed=2",
            "split.key=user",
            "vocabulary.min-count=1",
            "vocabulary.max-values=9",
            "output.block-rows=9")) {
      assertThat(JobConfigReader.parse(SMALL, List.of(change)).encodingFingerprint())
          .as(change)
          .isNotEqualTo(c.encodingFingerprint());
    }
    // Fields of nights are chosen so that they suit later days.
    for (String fields : List.of("", ", fields = [user]")) {
      assertThat(
              JobConfigReader.parse(SMALL + fields, List.of("nightly.input=clicks/{date}.csv"))
                  .encodingFingerprint()
                  .equals(JobConfigReader.parse(SMALL + fields, List.of()).encodingFingerprint()))
          .isEqualTo(!fields.isEmpty());
    }
  }

  @Test
  void aConditionOnAColumnNamedLikeASecretIsNoSecret() {
    String job =
        """
        source { table = db.clicks, where = "token_type = 'app'" }
        label = y
        output.model = m
        tables.item { table = db.items, key = item, fields = [genre], where = ["sig = 1", "b = 2"] }
        nightly { table = db.clicks, where = "day = '{date}' and api_key = 'p1'"
                  complete-when = "count_if(pass = 1) > 0" }
        """;
    JobConfig c = JobConfigReader.parse(job, List.of());
    assertThat(JobConfigReader.stored("m", c.toJson(), List.of(), false)).isEqualTo(c);
    assertThat(
            JobConfigReader.parse(job, List.of("source.where=token_type = 'web'"))
                .encodingFingerprint())
        .isNotEqualTo(c.encodingFingerprint());
    JobConfig address =
        JobConfigReader.parse(job, List.of("source.where=url = 'http://u:hush@h/'"));
    assertThat(address.toJson()).doesNotContain("hush");
  }

  @Test
  void theTableOfSettingsNamesEveryKeyWithTypeAndDefault() {
    List<Setting> all = Settings.all();
    assertThat(all)
        .extracting(Setting::key)
        .doesNotHaveDuplicates()
        .contains(
            "source.path",
            "source.options",
            "label",
            "fields",
            "fields[].separator",
            "split.train",
            "split.by-date.validation-from",
            "split.paths.test",
            "quarantine.max-fraction",
            "model.relu-before-attention",
            "train.warmup-steps",
            "compute.kernel",
            "output.data");
    assertThat(all).allSatisfy(s -> assertThat(s.type() + s.meaning()).isNotBlank());
    assertThat(all)
        .contains(
            new Setting(
                "vocabulary.min-count",
                "a whole number",
                "2",
                "minimum number of occurrences in the training rows for a value to get its own"
                    + " id"));
  }

  @Test
  void epsilonIsTheChosenOptimisersOwn() {
    JobConfig c = JobConfigReader.parse(SMALL, List.of("train.optimizer=adagrad"));
    assertThat(c.train().optimizer())
        .isEqualTo(
            Components.with(
                Components.with(OptimizerConfig.defaults(), "kind", OptimizerKind.ADAGRAD),
                "epsilon",
                1e-10));
  }

  @Test
  void theCriteoConfigurationParses() {
    JobConfig c = JobConfigReader.read(Path.of("../conf/criteo.conf"), List.of());
    assertThat(c.source().form().columns()).hasSize(40);
    assertThat(c.fields()).hasSize(39);
    assertThat(c.fields().get(12)).isEqualTo(FieldSpec.numeric("I13", Transform.LOG_SQUARED));
    assertThat(c.fields().get(38)).isEqualTo(FieldSpec.categorical("C26"));
  }

  @Test
  void blocksOfAStepFollowTheBatchUnlessTheyAreGiven() {
    String text = "source.path = a.csv\nlabel = y\nfields = [a]\noutput.model = m\n";
    assertThat(JobConfigReader.parse(text, List.of()).train().blocksPerStep()).isEqualTo(16);
    assertThat(
            JobConfigReader.parse(text, List.of("train.batch-size=4096")).train().blocksPerStep())
        .isEqualTo(64);
    assertThat(
            JobConfigReader.parse(text, List.of("train.batch-size=1048576"))
                .train()
                .blocksPerStep())
        .isEqualTo(256);
    assertThat(
            JobConfigReader.parse(text, List.of("train.batch-size=4096", "train.blocks-per-step=5"))
                .train()
                .blocksPerStep())
        .isEqualTo(5);
  }

  @Test
  void theConfigurationOfTheDesignParses() {
    JobConfig c =
        JobConfigReader.parse(
            """
            source { path = "data/clicks.csv", format = csv, header = true }        # or table
            label = clicked
            fields = [ { name = user_id }, { name = price, kind = numeric, transform = quantile, buckets = 20 }, { name = genres, kind = multi, separator = "|" } ]
            split { train = 0.8, validation = 0.1, test = 0.1, seed = 1 }
            vocabulary { min-count = 2, oov-buckets = 1 }
            model { embedding-dim = 16, heads = 2, head-dim = 16, layers = 2, attention = both, unary = mean_query, residual = each_layer, wide = false, deep = [] }
            train { batch-size = 1024, epochs = 12, optimizer = adam, learning-rate = 0.001, embedding-l2 = 0, seed = 1, blocks-per-step = 16 }
            compute { kernel = auto }
            output { model = "runs/clicks" }
            """,
            List.of());
    assertThat(c.model()).isEqualTo(ModelConfig.interaction().build());
    assertThat(c.train())
        .isEqualTo(
            TrainConfig.defaults()
                .withEpochs(12)
                .withOptimizer(
                    OptimizerConfig.defaults().withEmbeddingL2(0).withLearningRate(0.001)));
    assertThat(c.fields())
        .containsExactly(
            FieldSpec.categorical("user_id"),
            FieldSpec.quantile("price", 20),
            FieldSpec.multi("genres"));
  }

  @ParameterizedTest
  @CsvSource({
    "crosses = none, crosses.max=3, 'crosses { search = none, max = 3 }'",
    "'crosses = [[u, i]]', crosses.max=3, "
        + "'crosses { search = none, fields = [[u, i]], max = 3 }'",
    "'crosses.fields = [[u, i]]', crosses=none, crosses.search = none",
    "'', crosses=none crosses.max=3, 'crosses { search = none, max = 3 }'",
    "crosses.max = 3, crosses.search=none crosses=auto, crosses.search = auto"
  })
  void anOverrideOfAPartKeepsTheShortFormOfTheWhole(String file, String overrides, String same) {
    assertThat(JobConfigReader.parse(SMALL + file, List.of(overrides.split(" "))))
        .isEqualTo(JobConfigReader.parse(SMALL + same, List.of()));
  }

  /** A driver on another machine has neither the included file nor the overrides. */
  @Test
  void aResolvedFileStandsAloneAndKeepsSecrets(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("base.conf"),
        "source { path = clicks.csv, options { password = open } }\nlabel = clicked\n");
    Path file =
        Files.writeString(
            directory.resolve("job.conf"),
            "include \"base.conf\"\ntrain.epochs = 3\noutput.model = runs/m\n");
    List<String> overrides = List.of("train.epochs=5", "fields=[user]");
    String resolved = JobConfigReader.resolve(file, overrides);
    assertThat(resolved).contains("open").doesNotContain("include");
    JobConfig alone = JobConfigReader.parse(resolved, List.of());
    assertThat(alone).isEqualTo(JobConfigReader.read(file, overrides));
    assertThat(alone.train().epochs()).isEqualTo(5);
    assertThatThrownBy(() -> JobConfigReader.resolve(file, List.of("train.epohcs=5")))
        .isInstanceOf(ConfigProblems.class)
        .hasMessageContaining("train.epochs");
  }

  @Test
  void numbersInAResolvedFileKeepTheirSpelling(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("job.conf"),
            """
            source { table = t, version-as-of = 2.0, options { nullValue = -1.0, pin = 0123 } }
            label = y
            positive-values = [1.0]
            fields = [ { name = f, max-frequency = 5e-1 } ]
            train { epochs = 3, learning-rate = 1e-3 }
            output.model = m
            """);
    String resolved = JobConfigReader.resolve(file, List.of());
    JobConfig alone = JobConfigReader.parse(resolved, List.of());
    assertThat(alone).isEqualTo(JobConfigReader.read(file, List.of()));
    assertThat(alone.source().form().options())
        .isEqualTo(Map.of("nullValue", "-1.0", "pin", "0123"));
    assertThat(alone.positiveValues()).containsExactly("1.0");
    assertThat(alone.source().rows().versionAsOf()).hasValue("2.0");
    assertThat(resolved).contains("\"epochs\" : 3");
  }

  /** Several values, since keys without an order must not decide. */
  @ParameterizedTest
  @ValueSource(strings = {"eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1"})
  void anOptionOfSetReplacesItsOtherSpelling(String region) {
    String referring =
        "tables.item { path = i.csv, key = item, fields = [genre],"
            + " options { region = ${source.options.fs.s3a.endpoint.region} } }";
    String one = "source.options.fs.s3a.endpoint.region=" + region;
    assertThat(options(JobConfigReader.parse(SMALL + referring, List.of(one)), "tables.item"))
        .isEqualTo(Map.of("region", region));
    String key = "fs.s3a.endpoint.region";
    List<String> spellings = List.of(key, '"' + key + '"', "fs.s3a.\"endpoint.region\"");
    for (String section : List.of("source", "tables.item")) {
      for (String written : spellings) {
        String job =
            SMALL
                + "tables.item { path = items.csv, key = item, fields = [genre] }\n"
                + "%s.options { %s = eu-west-3, %s = hush }"
                    .formatted(section, written, written.replace("region", "secret"));
        for (String given : spellings) {
          String set = section + ".options." + given + "=";
          String secret = set.replace("region", "secret") + "hush";
          JobConfig c = JobConfigReader.parse(job, List.of(set + region));
          assertThat(options(c, section))
              .isEqualTo(Map.of(key, region, key.replace("region", "secret"), "hush"));
          String json = JobConfigReader.parse(job, List.of()).toJson();
          assertThat(json).contains("(hidden)");
          assertThat(JobConfigReader.stored("m", json, List.of(set + region, secret), false))
              .isEqualTo(c);
          assertThat(options(JobConfigReader.parse(job, List.of(set + "null")), section))
              .doesNotContainKey(key);
        }
      }
    }
  }

  private static Map<String, String> options(JobConfig config, String section) {
    return (section.equals("source") ? config.source() : config.tables().get(0).source())
        .form()
        .options();
  }

  @Test
  void nightsKeepTheEpochThatTheirGateWouldChoose() {
    String job = "source.path = a, label = l, output.model = m, fields = [ f ]\n";
    String auc = "train.metric=auc";
    assertThat(JobConfigReader.parse(job, List.of()).train().metric()).isEqualTo(Metric.LOG_LOSS);
    assertThat(JobConfigReader.parse(job, List.of(auc)).train().metric()).isEqualTo(Metric.AUC);
    String night = job + "nightly { input = \"logs/{date}\", gate.metric = %s }";
    for (Metric metric : Metric.values()) {
      JobConfig config = JobConfigReader.parse(night.formatted(metric.key()), List.of());
      assertThat(config.train().metric()).isEqualTo(metric);
      assertThat(JobConfigReader.parse(night.formatted(metric.key()), List.of("train.metric=auc")))
          .extracting(of -> of.train().metric())
          .isEqualTo(Metric.AUC);
    }
    JobConfig capital = JobConfigReader.parse(night.formatted("AUC"), List.of());
    assertThat(capital.nightly().gate().metric()).isEqualTo(Metric.AUC);
    assertThat(capital.train().metric()).isEqualTo(Metric.AUC);
    assertThat(JobConfigReader.parse(job + "nightly.input = \"{date}\"", List.of()).train())
        .extracting(TrainConfig::metric)
        .isEqualTo(Metric.LOG_LOSS);
    assertThatThrownBy(() -> JobConfigReader.parse(night.formatted("accuracy"), List.of()))
        .hasMessageContaining("nightly.gate.metric");
  }
}
