package io.destine.spark.source;

import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import scala.collection.JavaConverters;

/**
 * Converts values of Spark's rows to the form that the encoder expects: lists as Java lists, and a
 * timestamp as the text of its time in a given zone or, by default, the session's ({@code
 * spark.sql.session.timeZone}), independent of the JVM's zone. A time without a zone has the same
 * form.
 */
public final class SourceValues implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int NANOS = 9;

  private final ZoneId zone;

  private SourceValues(ZoneId zone) {
    this.zone = zone;
  }

  /** Values with timestamps in the zone of the session. */
  public static SourceValues of(SparkSession spark) {
    return of(spark, Optional.empty());
  }

  /** Values with timestamps in the given zone, or the session's if empty. */
  public static SourceValues of(SparkSession spark, Optional<String> zone) {
    return in(
        DateTimeUtils.getZoneId(zone.orElseGet(() -> spark.conf().get(SourceTable.TIME_ZONE))));
  }

  /** Values with timestamps in the given zone. */
  public static SourceValues in(ZoneId zone) {
    return new SourceValues(zone);
  }

  /** A value of a row in the form that the encoder expects. */
  public Object of(Object value) {
    if (value instanceof scala.collection.Seq<?> seq) {
      List<?> list = JavaConverters.seqAsJavaList(seq);
      return list.stream().anyMatch(SourceValues::isTime)
          ? list.stream().map(this::of).toList()
          : list;
    }
    return isTime(value) ? text(time(value)) : value;
  }

  private static boolean isTime(Object value) {
    return value instanceof Timestamp || value instanceof Instant || value instanceof LocalDateTime;
  }

  private LocalDateTime time(Object value) {
    return value instanceof LocalDateTime time
        ? time
        : LocalDateTime.ofInstant(instant(value), zone);
  }

  /**
   * Undoes Spark's shift of dates before 1582, which makes the JVM's old calendar print the same
   * date.
   */
  private static Instant instant(Object value) {
    return value instanceof Timestamp timestamp
        ? DateTimeUtils.microsToInstant(DateTimeUtils.fromJavaTimestamp(timestamp))
        : (Instant) value;
  }

  /**
   * Like {@link Timestamp#toString}: at least one fractional digit, without further trailing zeros.
   */
  private static String text(LocalDateTime time) {
    StringBuilder fraction = new StringBuilder(Integer.toString(time.getNano()));
    fraction.insert(0, "0".repeat(NANOS - fraction.length()));
    while (fraction.length() > 1 && fraction.charAt(fraction.length() - 1) == '0') {
      fraction.setLength(fraction.length() - 1);
    }
    return String.format(
        Locale.ROOT,
        "%s %02d:%02d:%02d.%s",
        time.toLocalDate(),
        time.getHour(),
        time.getMinute(),
        time.getSecond(),
        fraction);
  }
}
