package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.CrossValue;
import io.destine.feature.FieldSpec;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.conf.VocabularyConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossedRowsTest {
  private static final CrossConfig SEARCHED =
      new CrossConfig(CrossConfig.Search.AUTO, List.of(), 8, 1_000_000);
  private static final List<FieldSpec> FIELDS =
      List.of(
          FieldSpec.categorical("a"),
          FieldSpec.categorical("b"),
          FieldSpec.quantile("price", 4),
          FieldSpec.categorical("page").withHashBuckets(6),
          FieldSpec.multi("tags"));

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  /** The label follows from a and b together, and from neither alone; some values are missing. */
  private Dataset<Row> rows() {
    return spark.sql(
        "select cast(p % 2 = q % 2 as int) as y, nullif(concat('a', p), 'a0') as a,"
            + " concat('b', q) as b, price, page, tags from (select"
            + " pmod(hash(id), 6) as p, pmod(hash(id, 1), 6) as q,"
            + " cast(hash(id, 2) % 50 as double) / 4 as price, concat('p', pmod(hash(id, 3), 40)) as page,"
            + " array(concat('t', id % 3)) as tags from range(6000))");
  }

  private static EncodingConfig config(CrossConfig crosses) {
    return EncodingConfig.of("y")
        .withFields(FIELDS)
        .withCrosses(crosses)
        .withVocabulary(new VocabularyConfig(1, 1))
        .withBlockRows(128);
  }

  private static CrossConfig given(List<List<String>> crosses) {
    return new CrossConfig(CrossConfig.Search.NONE, crosses, 8, 1_000_000);
  }

  private EncodedDataSet encode(CrossConfig crosses, Dataset<Row> rows, String name) {
    return new TableEncoder(spark, config(crosses))
        .encode(rows, directory.resolve(name).toString());
  }

  @Test
  void aRowHasTheValuesOfItsPartsTogether() {
    EncodedDataSet data =
        encode(given(List.of(List.of("a", "b"), List.of("price", "a", "page"))), rows(), "given");
    assertThat(data.manifest().found().crosses()).isEmpty();
    List<String> decoded = EncodingCase.decoded(data, Split.TRAIN);
    assertThat(decoded).hasSizeGreaterThan(4000);
    int missing = 0;
    for (String row : decoded) {
      String[] fields = row.split(" -> ")[0].split(",");
      String a = fields[0].equals("missing") ? null : fields[0];
      missing += a == null ? 1 : 0;
      assertThat(CrossValue.parts(fields[5])).isEqualTo(Arrays.asList(a, fields[1]));
      List<String> second = CrossValue.parts(fields[6]);
      assertThat(second.subList(0, 2)).isEqualTo(Arrays.asList(fields[2], a));
      assertThat(Integer.parseInt(second.get(2))).isBetween(0, 5);
    }
    assertThat(missing).isGreaterThan(100);
  }

  @Test
  void theSearchFindsTheSameCrossesInAnyPartitions() {
    EncodedDataSet few = encode(SEARCHED, rows().coalesce(1), "few");
    EncodedDataSet many = encode(SEARCHED, rows().repartition(7), "many");
    assertThat(few.manifest().found().crosses())
        .extracting(FoundCross::parts)
        .first()
        .isEqualTo(List.of("a", "b"));
    // The fields alone know no more than the rate of the label, both together know it.
    FoundCross cross = few.manifest().found().crosses().get(0);
    assertThat(cross.loss()).isBetween(0.69, 0.70);
    assertThat(cross.gain()).isGreaterThan(0.5);
    assertThat(many.manifest().found().crosses()).isEqualTo(few.manifest().found().crosses());
    assertThat(many.manifest().fingerprint()).isEqualTo(few.manifest().fingerprint());
    assertThat(many.manifest().vocabularyFingerprint())
        .isEqualTo(few.manifest().vocabularyFingerprint());
  }

  @Test
  void aSampleIsEnough() {
    CrossConfig sampled = new CrossConfig(CrossConfig.Search.AUTO, List.of(), 1, 1500);
    EncodedDataSet data = encode(sampled, rows().repartition(3), "sampled");
    assertThat(data.manifest().found().crosses()).hasSize(1);
    assertThat(data.manifest().found().crosses().get(0).parts()).containsExactly("a", "b");
  }

  @Test
  void anEarlierVocabularyKeepsItsCrosses() {
    EncodedDataSet first = encode(SEARCHED, rows().filter("a != 'a3'"), "first");
    StoredVocabulary earlier =
        StoredVocabulary.open(
            spark.sparkContext().hadoopConfiguration(), first.vocabularyDirectory());
    EncodedDataSet next =
        new TableEncoder(spark, config(SEARCHED), Optional.of(earlier))
            .encode(rows(), directory.resolve("next").toString());
    assertThat(next.manifest().fields().fields()).isEqualTo(first.manifest().fields().fields());
    assertThat(next.manifest().found().crosses()).isEmpty();
    assertThat(EncodingCase.vocabulary(next).id(5, "a1\u001fb2"))
        .isEqualTo(EncodingCase.vocabulary(first).id(5, "a1\u001fb2"))
        .isGreaterThan(EncodingCase.vocabulary(first).missing(5) + 1);
    assertThat(EncodingCase.vocabulary(next).id(5, "a3\u001fb2"))
        .isGreaterThanOrEqualTo(first.manifest().vocabularySize());
  }

  @Test
  void aGivenCrossIsNotFoundOnceMore() {
    CrossConfig both =
        new CrossConfig(CrossConfig.Search.AUTO, List.of(List.of("b", "a")), 1, 6000);
    EncodedDataSet data = encode(both, rows(), "both");
    assertThat(data.manifest().found().crosses()).isEmpty();
    assertThat(data.manifest().fields().fields())
        .extracting(field -> field.name())
        .containsExactly("a", "b", "price", "page", "tags", "b x a");
  }

  @Test
  void crossesOfWhatIsNoFieldOfOneIdAreRefusedBeforeRowsAreRead() {
    List<List<String>> crosses =
        List.of(List.of("a", "tags"), List.of("prices", "b"), List.of("a", "b"));
    assertThatThrownBy(() -> encode(given(crosses), rows().withColumn("y", functions.lit(7)), "no"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "crosses: [a, tags] names \"tags\"; a part must be categorical, or a number with"
                + " buckets\ncrosses: [prices, b] names \"prices\", which is not a field; did you"
                + " mean \"price\"?");
    assertThatThrownBy(() -> given(List.of(List.of("a", "b"), List.of("a", "b"))))
        .hasMessageContaining("the cross [a, b] is given twice");
    assertThat(directory.resolve("no")).doesNotExist();
  }
}
