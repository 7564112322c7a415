package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.SideTables;
import io.destine.feature.Vocabulary;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.report.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights whose items have a side table, which changes from night to night. */
class SideTableNightsTest {
  @TempDir Path directory;

  /**
   * Each day brings an item; from day 3 on there are makers that no item had before, other titles,
   * and no item 4.
   */
  private String items(int day) throws IOException {
    StringBuilder csv = new StringBuilder("id,maker,title\n");
    for (int item = 0; item < day + 15; item++) {
      if (item == 4 && day >= 3) {
        continue;
      }
      csv.append('i').append(item).append(",m").append(item % 2);
      csv.append(item >= 10 && day >= 3 ? " new" : "");
      csv.append(",Item no. ").append(item % 3);
      csv.append(item % 3 == 1 && day >= 3 ? " again\n" : "\n");
    }
    Path file = directory.resolve("items.csv");
    Files.writeString(file, csv);
    return "tables.item={path=\""
        + file
        + "\",key=item,column=id,"
        + "fields=[{name=maker},{name=title,kind=text}]}";
  }

  private StoredVocabulary vocabulary(Nights nights, int day) {
    return StoredVocabulary.open(
        Nights.hadoop(), nights.model.resolve("models/" + ClickDays.day(day)) + "/vocabulary");
  }

  /** Of more test rows than are scored together: two models are compared on the same rows. */
  @Test
  void aNightWithManyTestRowsIsComparedWithThePublishedModel() throws IOException {
    Nights nights = new Nights(directory, "model");
    for (int day = 2; day <= 3; day++) {
      ClickDays.write(nights.logs, day, 30_000, 0.8, 0.2);
      RunRecord run =
          nights.run(
              day,
              items(day),
              "split={train=0.3, validation=0.1, test=0.6, seed=1}",
              "train.batch-size=512");
      assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
      assertThat(Nights.number(run, "candidate_minus_published/log_loss/mean").isPresent())
          .isEqualTo(day == 3);
    }
  }

  @Test
  void aNightReadsTheTableAsItIsNow() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    RunRecord first = nights.run(2, items(2));
    assertThat(first.result()).as(first.reasons()).isEqualTo(RunResult.PROMOTED);
    RunRecord second = nights.run(3, items(3));
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);

    StoredVocabulary before = vocabulary(nights, 2);
    StoredVocabulary after = vocabulary(nights, 3);
    SideTables old = before.sideTables();
    SideTables now = after.sideTables();
    assertThat(old.table(0).rows()).isEqualTo(18);
    assertThat(now.table(0).rows()).isEqualTo(18);
    assertThat(old.number(0, "i17")).isZero();
    assertThat(now.number(0, "i17")).isPositive();
    // Ids keep their meaning; what is new has ids behind them.
    Vocabulary words = after.load();
    int maker = before.fields().ofTable(0)[0];
    assertThat(words.id(maker, "m0")).isEqualTo(before.load().id(maker, "m0"));
    assertThat(words.id(maker, "m0 new")).isGreaterThanOrEqualTo(before.size());
    assertThat(words.knows(before.fields().ofTable(0)[1], "again")).isTrue();

    // Of the items of both days 10 to 16 have other makers, and 1 and 7 other titles.
    assertThat(second.report().json().path("side_tables"))
        .hasToString("[{\"table\":\"item\",\"rows\":17,\"added\":1,\"removed\":1,\"changed\":9}]");
    assertThat(first.report().json().path("side_tables"))
        .hasToString("[{\"table\":\"item\",\"rows\":17}]");
    assertThat(nights.model.resolve("runs/" + ClickDays.day(3) + "/report.html"))
        .content()
        .contains("Side tables");

    // The published model was scored on the same rows, whose items it reads as they are now.
    assertThat(Nights.number(second, "published_same_rows/auc").orElseThrow()).isGreaterThan(0.6);
    assertThat(Nights.number(second, "candidate/auc").orElseThrow()).isGreaterThan(0.6);
  }
}
