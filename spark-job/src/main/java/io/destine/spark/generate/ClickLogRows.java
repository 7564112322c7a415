package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows with consecutive numbers. One row object is reused for all of them. The teacher's metrics on
 * them are added to the accumulators after the last row.
 */
final class ClickLogRows implements Iterator<InternalRow> {
  private static final UTF8String SEPARATOR = UTF8String.fromString("|");
  private static final UTF8String SPACE = UTF8String.fromString(" ");

  private final ClickLog log;
  private final boolean listsAsText;
  private final Accumulators into;
  private final long end;
  private final DrawnRow drawn;
  private final Teacher teacher;
  private final TeacherScores scores = new TeacherScores();
  private final TeacherScores lastDayScores = new TeacherScores();
  private final TeacherScores newItemScores = new TeacherScores();
  private final TeacherScores[] scoresWithout;
  private final HexText[] texts;
  private final GenericInternalRow row;
  private long next;

  /**
   * Accumulators of the teacher's metrics on rows.
   *
   * @param all of all rows
   * @param lastDay of the rows of the last day
   * @param newItems of the rows of the last day with items that are new on it
   * @param without see {@link ClickLogScores}
   */
  record Accumulators(
      TeacherScoreAccumulator all,
      TeacherScoreAccumulator lastDay,
      TeacherScoreAccumulator newItems,
      List<TeacherScoreAccumulator> without)
      implements Serializable {}

  /** Rows start .. end - 1. */
  ClickLogRows(
      ClickLog log,
      TeacherScale scale,
      boolean listsAsText,
      long start,
      long end,
      Accumulators into) {
    this.log = log;
    this.listsAsText = listsAsText;
    this.into = into;
    scoresWithout = new TeacherScores[into.without().size()];
    Arrays.setAll(scoresWithout, i -> new TeacherScores());
    this.end = end;
    next = start;
    drawn = new DrawnRow(log);
    teacher = new Teacher(log, scale);
    row = new GenericInternalRow(log.schema(listsAsText).size());
    texts = new HexText[log.fields().size()];
    CounterRandom random = CounterRandom.of(log.seed(), Purpose.GENERATED_ROW);
    for (int m = 0; m < texts.length; m++) {
      texts[m] = new HexText(random.at(log.fields().get(m).name()).bits(0));
    }
  }

  @Override
  public boolean hasNext() {
    return next < end;
  }

  @Override
  public InternalRow next() {
    if (next >= end) {
      throw new NoSuchElementException();
    }
    drawn.draw(next);
    teacher.read(drawn);
    double logit = teacher.logit();
    double probability = TeacherScale.probability(logit);
    int label = drawn.labelDraw() < probability ? 1 : 0;
    scores.add(label, logit, teacher.soloLogit());
    boolean last = log.days() > 0 && drawn.day() == log.days() - 1;
    if (last) {
      lastDayScores.add(label, logit, teacher.soloLogit());
      if (drawn.item() > log.itemsOn(drawn.day() - 1)) {
        newItemScores.add(label, logit, teacher.soloLogit());
      }
    }
    for (int i = 0; i < scoresWithout.length && (last || log.days() == 0); i++) {
      scoresWithout[i].add(label, teacher.logitWithout(i), teacher.soloLogit());
    }
    int column = 0;
    row.update(column++, label);
    if (log.days() > 0) {
      row.update(column++, (int) (ClickLog.FIRST_DAY.toEpochDay() + drawn.day()));
    }
    for (int m = 0; m < log.ofRows().size(); m++) {
      row.update(column++, value(m));
    }
    if (log.items() > 0) {
      row.update(column++, UTF8String.fromString(ClickLog.key(drawn.item())));
    }
    if (log.teacherColumn()) {
      row.update(column, probability);
    }
    next++;
    if (next == end) {
      into.all().add(scores);
      into.lastDay().add(lastDayScores);
      into.newItems().add(newItemScores);
      for (int i = 0; i < scoresWithout.length; i++) {
        into.without().get(i).add(scoresWithout[i]);
      }
    }
    return row;
  }

  /** The rows of items start .. end - 1, which have no label. */
  static Iterator<InternalRow> items(
      ClickLog log, TeacherScale scale, boolean listsAsText, long start, long end) {
    ClickLogRows values =
        new ClickLogRows(
            log, scale, listsAsText, 0, 0, new Accumulators(null, null, null, List.of()));
    int first = log.ofRows().size();
    return LongStream.range(start, end)
        .mapToObj(
            item -> {
              GenericInternalRow each = new GenericInternalRow(1 + log.itemFields());
              values.drawn.drawItem(item);
              each.update(0, UTF8String.fromString(ClickLog.key(item)));
              for (int i = 0; i < log.itemFields(); i++) {
                each.update(1 + i, values.value(first + i));
              }
              return (InternalRow) each;
            })
        .iterator();
  }

  private Object value(int m) {
    if (drawn.length(m) == 0) {
      return null;
    }
    return switch (log.fields().get(m).kind()) {
      case CATEGORICAL -> texts[m].of(drawn.rank(m, 0));
      case NUMERIC -> (long) drawn.number(m);
      case TEXT -> UTF8String.concatWs(SPACE, values(m));
      case MULTI ->
          listsAsText ? UTF8String.concatWs(SEPARATOR, values(m)) : new GenericArrayData(values(m));
      case VECTOR -> vector(drawn.vector(m));
    };
  }

  private UTF8String[] values(int m) {
    UTF8String[] values = new UTF8String[drawn.length(m)];
    for (int i = 0; i < values.length; i++) {
      values[i] = texts[m].of(drawn.rank(m, i));
    }
    return values;
  }

  private Object vector(float[] values) {
    if (!listsAsText) {
      return ArrayData.toArrayData(values.clone());
    }
    List<String> numbers = new ArrayList<>();
    for (float value : values) {
      numbers.add(Float.toString(value));
    }
    return UTF8String.fromString(String.join("|", numbers));
  }
}
