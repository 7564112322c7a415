package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldSpec;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables with odd columns are read as long as the columns in use are unambiguous. */
class OddHeadersTest {
  @TempDir Path directory;

  private Path write(String name, String content) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static SourceParts read(Path source, String settings) {
    JobConfig config =
        JobConfigReader.parse(
            "source.path = \"" + source + "\", label = y, output.model = m\n" + settings,
            List.of());
    return SourceParts.read(SharedSpark.session(), config);
  }

  /** Label and fields of every row. */
  private static List<String> values(SourceParts source) {
    List<String> values = new ArrayList<>();
    for (Row row : source.parts().get(0).table().collectAsList()) {
      StringBuilder text = new StringBuilder().append(row.get(row.fieldIndex("y")));
      for (FieldSpec field : source.fields()) {
        text.append(' ').append(row.get(row.fieldIndex(field.column())));
      }
      values.add(text.toString());
    }
    return values;
  }

  @Full(from = 4)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "',y,u'           | '[u]'       | '7,1,a;8,0,b'          | '1 a;0 b'",
        "'y,u,x,X'        | '[X, x]'    | '1,a,3,4;0,b,5,6'      | '1 4 3;0 6 5'",
        "'y,a.b,c`d'      | '[a.b, \"c`d\"]' | '1,a,3;0,b,4'     | '1 a 3;0 b 4'",
        "'y,u,x,x'        | '[u]'       | '1,a,3,4;0,b,5,6'      | '1 a;0 b'",
        "'y,Y,u'          | '[u]'       | '1,5,a;0,6,b'          | '1 a;0 b'",
        "'y,c1,c2'        | '[c2, c1]'  | '1,a,3;0,b,4'          | '1 3 a;0 4 b'",
        "'y,field 1,$#%'  | '[\"field 1\", \"$#%\"]' | '1,a,3;0,b,4' | '1 a 3;0 b 4'",
      })
  void valuesArriveUnderTheNamesOfTheHeader(
      String header, String fields, String rows, String expected) {
    Path csv = write("a/a.csv", header + "\n" + rows.replace(';', '\n') + "\n");
    write("a/b.csv", header + "\n");
    String specs =
        "fields = "
            + fields
                .replace("[a.b", "[{ name = \"a.b\" }")
                .replaceAll("([\\[ ])([A-Za-z][a-z0-9]*)(?=[,\\]])", "$1\"$2\"");
    assertThat(values(read(csv.getParent(), specs))).containsExactlyInAnyOrder(expected.split(";"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sep", "delimiter", "Delimiter"})
  void theSeparatorHasBothNamesOfSpark(String option) {
    Path csv = write("a.csv", "y;u\n1;a,b\n0;c\n");
    assertThat(values(read(csv, "source.options." + option + " = \";\", fields = [ u ]")))
        .containsExactlyInAnyOrder("1 a,b", "0 c");
  }

  @Test
  void parquetColumnsThatDifferOnlyByCaseAreReadByTheirOwnNames() {
    SparkSession exact = SharedSpark.session().newSession();
    exact.conf().set("spark.sql.caseSensitive", true);
    Path table = directory.resolve("table");
    exact
        .sql("select 1 as y, 'a' as u, 'b' as U union all select 0, 'c', 'd'")
        .write()
        .parquet(table.toString());
    SourceParts rows = read(table, "source.format = parquet, fields = [ U ]");
    assertThat(values(rows)).containsExactlyInAnyOrder("1 b", "0 d");
    assertThat(read(table, "source.format = parquet").fields())
        .extracting(FieldSpec::name)
        .containsExactly("u", "U");
  }
}
