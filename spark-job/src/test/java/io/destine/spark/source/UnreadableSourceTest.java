package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SourceRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sources that cannot be read end in one line of a user's words that names the file. */
class UnreadableSourceTest {
  private static final int ROWS = 3000;
  private static final String ALL = "split { train = 1, validation = 0, test = 0 }\n";

  @TempDir static Path directory;

  @BeforeAll
  static void writeSources() throws IOException {
    String good = "clicked,user\n" + rows(ROWS);
    write("good.csv", bytes(good));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes(good));
    }
    write("cut.csv.gz", half(zipped.toByteArray()));
    write("plain.csv.gz", bytes(good));
    write("semicolons.csv", bytes(good.replace(',', ';')));
    write("tabs.csv", bytes(good.replace(',', '\t')));
    write("wide.csv", good.getBytes(StandardCharsets.UTF_16LE));
    write("empty.csv", new byte[0]);
    write("header.csv", bytes("clicked,user\n"));
    write("breaks.csv", bytes("clicked,user\n1,\"a\nb\"\n0,c\n"));
    write("twice.csv", bytes("clicked,user,x,x\n1,a,1,2\n0,b,3,4\n"));
    write("again.csv", bytes("clicked,user\n1,a\nclicked,user\n0,b\n"));
    write("both/user=7/a.csv", bytes(good));
    write("blank/a.csv", bytes(",clicked,user\n0,1,a\n1,0,b\n"));
    write("blank/b.csv", bytes(",user,clicked\n0,a,1\n1,b,0\n"));
    write("headers/a.csv", bytes(good));
    write("headers/b.csv", bytes("user,clicked\nu1,1\n"));
    write("lengths/a.csv", bytes(good));
    write("lengths/b.csv", bytes("clicked\n1\n"));
    write("partly/d=1/p.csv", bytes(good));
    write("partly/p.csv", bytes(good));
    write("nested/p.csv", bytes(good));
    write("nested/old/p.csv", bytes(good));
    write("deep/sub/p.csv", bytes(good));
    write("mixed/d=1/p.csv", bytes(good));
    write("mixed/e=1/p.csv", bytes(good));
    write("apart/jan/d=1/p.csv", bytes(good));
    write("apart/feb/d=1/p.csv", bytes(good));
    Files.createDirectories(directory.resolve("nothing"));
    Dataset<Row> table =
        SharedSpark.session().read().option("header", true).csv(path("good.csv")).coalesce(1);
    for (String format : List.of("parquet", "orc")) {
      byte[] file = written(table, format);
      byte[] cut = half(file);
      // The last byte of an ORC file is a length; half a file may have one there by chance.
      cut[cut.length - 1] = 0;
      write("cut." + format, cut);
      write("two-" + format + "/a." + format, file);
      write("two-" + format + "/b." + format, cut);
      byte[] damaged = file.clone();
      Arrays.fill(damaged, 40, 200, (byte) 0x5a);
      write("damaged." + format, damaged);
    }
    table.write().parquet(path("types/a"));
    table.selectExpr("cast(clicked as int) as clicked", "user").write().parquet(path("types/b"));
  }

  private static String rows(int count) {
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < count; n++) {
      rows.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append('\n');
    }
    return rows.toString();
  }

  private static byte[] written(Dataset<Row> table, String format) throws IOException {
    String name = "whole-" + format;
    table.write().mode(SaveMode.Overwrite).format(format).save(path(name));
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      Path file =
          files.filter(f -> f.getFileName().toString().startsWith("part-")).findFirst().get();
      return Files.readAllBytes(file);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] half(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  private static void write(String name, byte[] content) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static RowCounts read(String name, String settings) {
    JobConfig config =
        JobConfigReader.parse(
            "source.path = \"" + path(name) + "\", label = clicked, output.model = m\n" + settings,
            List.of());
    try (SourceRows rows = SourceRows.read(SharedSpark.session(), config)) {
      rows.counts().check(config.encoding(), SourceParts.name(config));
      return rows.counts();
    }
  }

  @Test
  void theReasonWithARemedyIsAmongThoseShown() {
    List<String> reasons = List.of("a", "b", "c", "d", SourceTable.UNEVEN);
    RowCounts counts = RowCounts.of(new long[3][2], 0, 5, reasons);
    assertThatThrownBy(() -> counts.check(EncodingConfig.of("y"), "clicks.csv"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith(
            ": "
                + SourceTable.UNEVEN
                + "; a; b; if values hold line breaks, set source.options.multiLine = true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cut.csv.gz      | csv     | cut.csv.gz is damaged or cut off: Unexpected end of input",
        "plain.csv.gz    | csv     | plain.csv.gz is damaged or has another format: not a gzip",
        "cut.parquet     | parquet | cut.parquet is not a Parquet file, or a part of it is missing",
        "two-parquet     | parquet | two-parquet/b.parquet is not a Parquet file",
        "damaged.parquet | parquet | damaged.parquet is damaged or has another format",
        "good.csv        | parquet | good.csv is not a Parquet file",
        "cut.orc         | orc     | cut.orc is not an ORC file, or a part of it is missing",
        "two-orc         | orc     | two-orc/b.orc is not an ORC file",
        "damaged.orc     | orc     | damaged.orc is damaged or has another format",
        "good.csv        | orc     | good.csv is not an ORC file",
        "headers         | csv     | b.csv: the header has column \"user\" where other files have",
        "lengths         | csv     | b.csv: number of columns in the header: 1, in other files: 2",
        "types/*         | parquet | column \"clicked\" has type INT32, but in other files",
        "partly          | csv     | Spark would leave out 1 of 2 files: ",
        "nested          | csv     | nested/old/p.csv; put all files at one depth",
        "nested          | libfm, source.columns = [clicked, user] | nested/old/p.csv; put all",
        "partly          | svmlight, source.columns = [clicked, user] | leave out 1 of 2 files: ",
        "deep            | csv     | Spark would leave out 1 of 1 file: ",
        "mixed           | csv     | its directories NAME=VALUE have different names",
        "apart/*         | csv     | its directories NAME=VALUE are below different directories",
        "nothing         | csv     | nothing: there is no CSV file with rows in it",
        "absent.csv      | csv     | absent.csv: no such file or directory",
        "x[1.csv         | csv     | not a pattern of file names: error parsing regexp",
        "semicolons.csv  | csv     | columns: clicked;user; is source.options.sep wrong?"
            + " Set source.options.sep = \";\"",
        "tabs.csv        | csv     | Set source.options.sep = \"\\t\"",
        "wide.csv        | csv     | the file looks like UTF-16: set source.options.encoding ="
            + " UTF-16",
        "cut.parquet     | csv     | these files are not text: set source.format to parquet",
        "empty.csv       | csv     | empty.csv is empty: there is no header line",
        "header.csv      | csv     | header.csv: there are no rows",
        "good.csv        | json    | it has no columns; is source.format json the format of"
            + " the files?",
        "breaks.csv      | csv     | if values hold line breaks, set source.options.multiLine ="
            + " true",
        "again.csv       | csv     | the label is \"clicked\"; labels are 0 and 1",
        "twice.csv       | csv     | column \"x\" occurs 2 times; rename all of them but one",
        "both            | csv     | column \"user\" occurs 2 times; rename all of them but one",
        "blank           | csv     | blank/b.csv: the header is ,user,clicked, but that of other files"
            + " is",
        "good.csv        | nosuch  | source.format: Spark has no data source \"nosuch\"",
        "good.csv        | jdbc    | good.csv with these options: Option 'url' is required",
      })
  void isOneLineThatNamesTheFile(String name, String format, String line) {
    assertThatThrownBy(() -> read(name, "source.format = " + format))
        .satisfies(
            e ->
                assertThat(SourceFailure.explain(e).orElseThrow().problems())
                    .singleElement()
                    .asString()
                    .contains(line)
                    .contains(format.equals("nosuch") ? "csv" : name.replaceAll("[/*].*", "")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sep = \"\"            | Delimiter cannot be empty",
        "encoding = nosuch     | source.options.encoding: there is no encoding \"nosuch\"",
        "quote = ab            | quote cannot be more than one character",
        "lineSep = \"\"        | 'lineSep' cannot be an empty string",
        "maxColumns = x        | maxColumns should be an integer. Found x",
        "maxColumns = \"1\"    | a line has more columns than source.options.maxColumns allows, 1",
        "maxCharsPerColumn=\"2\"| a value is longer than source.options.maxCharsPerColumn allows",
        "pathGlobFilter = \"[\"| not a pattern of file names",
      })
  void anOptionThatSparkRefusesIsOneLine(String option, String line) {
    assertThatThrownBy(() -> read("good.csv", "source.options." + option))
        .satisfies(
            e ->
                assertThat(SourceFailure.explain(e).orElseThrow().problems())
                    .singleElement()
                    .asString()
                    .contains(line)
                    .contains("source.options"));
  }

  @ParameterizedTest
  @CsvSource({"'', empty string", "'a:b', 'a:b'"})
  void aTextThatIsNoPathIsOneLine(String path, String line) {
    JobConfig config =
        JobConfigReader.parse(
            "source.path = [\"" + path("good.csv") + "\"], label = clicked, output.model = m",
            List.of());
    SourceTable table = new SourceTable(SharedSpark.session(), config.source());
    assertThatThrownBy(() -> table.read(List.of(path)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("source.path: \"" + path + "\" is not a path: ")
        .hasMessageContaining(line);
  }

  @Test
  void everyDirectoryIsReadWhenAskedFor() {
    assertThat(read("nested", ALL + "source.options.recursiveFileLookup = true").good())
        .isEqualTo(2L * ROWS);
  }

  @Test
  void pathsWithSpacesPercentSignsAndHashesAreRead() {
    for (String name : List.of("a dir/b c.csv", "100%/a#b.csv", "x%20y/ü.csv")) {
      write(name, bytes("clicked,user\n1,a\n0,b\n"));
      JobConfig config =
          JobConfigReader.parse(
              "label = clicked, output.model = m, source.path = \"" + path(name) + "\"", List.of());
      assertThat(SourceParts.read(SharedSpark.session(), config).files())
          .extracting(SourceFiles::shown)
          .containsExactly(path(name));
      try (SourceRows rows = SourceRows.read(SharedSpark.session(), config)) {
        assertThat(rows.counts().good()).isEqualTo(2);
      }
    }
  }
}
