package io.destine.spark.nightly;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunResult;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Column;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days with changed columns give one error line per change, with day, column and change. */
class DaySchemasTest {
  @TempDir Path directory;

  private Nights nights;

  @BeforeEach
  void days() throws IOException {
    nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
  }

  private void rewrite(int day, String header, String row) throws IOException {
    Path part = nights.logs.resolve("day=" + ClickDays.day(day) + "/part-0.csv");
    String rows = Files.readString(part);
    String body = rows.substring(rows.indexOf('\n') + 1);
    Files.writeString(part, header + "\n" + body.replaceAll("(?m)^(\\d),(u\\d+),(i\\d+)$", row));
  }

  private void assertFails(int day, String message, String... overrides) {
    assertThatThrownBy(() -> nights.run(day, overrides))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("FieldSpec");
  }

  @Full
  @Test
  void fieldsThatAreNotThePublishedModelsAreNamed() throws IOException {
    nights.run(2);
    String day = nights.logs + "/day=" + ClickDays.day(3);
    rewrite(3, "clicked,user,item,device", "$1,$2,$3,d1");
    assertFails(3, day + ": field device is new", "fields=[user, item, device]");
    assertFails(3, day + ": field 1 was user and is item", "fields=[item, user]");
    assertFails(3, day + ": field item is gone", "fields=[user]");
    rewrite(3, "clicked,user", "$1,$2");
    assertFails(3, "column \"item\" not found in " + day);
    nights.days(3);
    String renamed = "fields=[user, {name = item, column = item, kind = multi}]";
    assertFails(3, "field item: kind was categorical and is multi", renamed);
    String shared = "fields=[user, {name = item, column = item, shares = user}]";
    assertFails(3, "field item: shares was none and is user", shared);
    assertFails(
        3,
        "vocabulary.oov-buckets is 7, but the published model has 1, and it cannot change",
        "vocabulary.oov-buckets=7");
  }

  @Full
  @Test
  void columnsThatAreNewOrElsewhereMakeNoDifferenceToFieldsThatWereChosen() throws IOException {
    nights.run(2);
    rewrite(3, "clicked,item,device,user", "$1,$3,d1,$2");
    assertThat(nights.run(3).result()).isNotEqualTo(RunResult.FAILED);
  }

  @Test
  void headersOfTheDaysOfAWindowMustAgree() throws IOException {
    rewrite(1, "clicked,user,product", "$1,$2,$3");
    assertFails(2, ClickDays.day(1) + ": column item is missing; " + ClickDays.day(2) + " has it");
    nights.days(1);
    rewrite(0, "clicked,item,user", "$1,$3,$2");
    assertFails(2, ClickDays.day(0) + ": column 2 is item, but user on " + ClickDays.day(2));
  }

  @Test
  void typesOfTheDaysOfAWindowMustAgree() {
    for (int day = 0; day <= 2; day++) {
      Column item = col("item").substr(lit(2), lit(9)).cast(day == 2 ? "bigint" : "int");
      SharedSpark.session()
          .read()
          .option("header", true)
          .csv(nights.logs + "/day=" + ClickDays.day(day))
          .withColumn("item", item)
          .write()
          .parquet(directory + "/parquet/day=" + ClickDays.day(day));
    }
    String[] parquet = {
      "source.format=parquet", "nightly.input=" + directory + "/parquet/day={date}"
    };
    assertFails(
        2, ClickDays.day(0) + ": column item is int, but bigint on " + ClickDays.day(2), parquet);
    assertFails(2, ClickDays.day(1) + ": column item is int", parquet);
  }
}
