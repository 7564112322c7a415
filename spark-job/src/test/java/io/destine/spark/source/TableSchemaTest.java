package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableSchemaTest {
  private static void check(String columns, String settings) {
    JobConfig config = config(settings);
    new TableSchema(StructType.fromDDL(columns), config.source(), "t").check(config.encoding());
  }

  private static List<String> fields(String columns, String settings) {
    JobConfig config = config(settings);
    return new TableSchema(StructType.fromDDL(columns), config.source(), "t")
        .fields(config.encoding()).stream().map(FieldSpec::name).toList();
  }

  private static JobConfig config(String settings) {
    return JobConfigReader.parse(
        "source.path = t, source.format = parquet, label = y, output.model = m\n" + settings,
        List.of());
  }

  @ParameterizedTest
  @CsvSource({"label = y, label", "weight = y2, weight"})
  void aColumnWithAnotherRoleIsNoField(String role, String name) {
    String column = role.replaceAll(".* ", "");
    for (String field : List.of(column, "{ name = other, column = " + column + " }")) {
      assertThatThrownBy(
              () -> check("y int, y2 int, u int", role + "\nfields = [ u, " + field + " ]"))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("fields: column \"" + column + "\" is the " + name);
    }
    assertThatCode(() -> check("y int, y2 int, u int", role)).doesNotThrowAnyException();
  }

  @Test
  void aTableOfMoreColumnsThanAModelTakesFieldsNeedsTheirNames() {
    String columns =
        IntStream.range(0, 1_001).mapToObj(c -> "c" + c + " int").collect(Collectors.joining(","));
    assertThatThrownBy(() -> check("y int," + columns, "fields = \"*\""))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "fields: 1,001 columns of t are more than the 1,000 fields that a model takes; name"
                + " the columns to use");
    assertThatCode(() -> check("y int," + columns, "fields = [ c0, c1000 ]"))
        .doesNotThrowAnyException();
  }

  /** The date may be a field: it already distinguishes rows, and it does not reveal the label. */
  @Test
  void theDateMayBeAField() {
    assertThatCode(() -> check("y int, d date", "date = d, fields = [ d ]"))
        .doesNotThrowAnyException();
  }

  /** GAUC by user, in a model that knows the user, is its usual case. */
  @Test
  void theGroupMayBeAFieldButIsNoneWithoutItsName() {
    String columns = "y int, u string, i int";
    assertThatCode(() -> check(columns, "group = u, fields = [ u, i ]")).doesNotThrowAnyException();
    assertThat(fields(columns, "group = u, fields = [ u, i ]")).containsExactly("u", "i");
    assertThat(fields(columns, "group = u, fields = \"*\"")).containsExactly("i");
    assertThatThrownBy(() -> check(columns, "group = y, fields = [ y, i ]"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("fields: column \"y\" is the label");
  }

  @Test
  void theColumnOfTheSplitIsAFieldOnlyByItsName() {
    String columns = "y int, u string, i int";
    assertThat(fields(columns, "split.key = u, fields = [ u, i ]")).containsExactly("u", "i");
    assertThat(fields(columns, "split.key = u, fields = \"*\"")).containsExactly("i");
    assertThatThrownBy(() -> check("y int, u array<int>, i int", "split.key = u"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be the split.key, which is one string or number per row");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "binary                  | categorical | single strings or numbers; store it as text",
        "array<binary>           | multi       | strings, or lists of strings",
        "array<array<int>>       | multi       | strings, or lists of strings",
        "array<struct<a:int>>    | multi       | strings, or lists of strings",
        "array<map<string,int>>  | multi       | strings, or lists of strings",
        "map<string,int>         | categorical | single strings or numbers; leave it out",
        "struct<a:int>           | categorical | single strings or numbers; leave it out",
        "array<string>           | categorical | single strings or numbers; set kind = multi",
        "date                    | numeric     | numbers",
        "int                     | vector      | lists of numbers",
      })
  void aTypeWithoutTextsOfItsOwnIsRefused(String type, String kind, String needed) {
    assertThatThrownBy(
            () -> check("y int, x " + type, "fields = [ { name = x, kind = " + kind + " } ]"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("t: column \"x\" has type " + type.replace(" ", ""))
        .hasMessageContaining("a field of kind " + kind + " takes " + needed);
  }

  @Test
  void aFieldThatIsNewMissingMovedOrOtherwiseIsNamed() {
    List<FieldSpec> known = List.of(FieldSpec.categorical("a"), FieldSpec.categorical("b"));
    assertChange(known, List.of(known.get(0)), "column \"b\" is missing");
    assertChange(known.subList(0, 1), known, "column \"b\" is new: m has no field \"b\"");
    assertChange(known, List.of(known.get(1), known.get(0)), "column \"b\" is where m has \"a\"");
    FieldSpec number = FieldSpec.numeric("b", Transform.LINEAR);
    assertChange(
        known,
        List.of(known.get(0), number),
        "field \"b\" of m: kind was "
            + FieldKind.CATEGORICAL.key()
            + " and is numeric, transform was none and is linear");
    List<FieldSpec> hashed = List.of(known.get(0).withHashBuckets(8), known.get(1));
    assertChange(known, hashed, "field \"a\" of m: hash-buckets was none and is 8");
    assertChange(
        hashed,
        List.of(known.get(0).withHashBuckets(9), known.get(1)),
        "field \"a\" of m: hash-buckets was 8 and is 9");
    FieldChanges.requireNone(known, List.copyOf(known), "m");
  }

  private static void assertChange(List<FieldSpec> known, List<FieldSpec> found, String line) {
    assertThatThrownBy(() -> FieldChanges.requireNone(known, found, "m"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(line);
  }
}
