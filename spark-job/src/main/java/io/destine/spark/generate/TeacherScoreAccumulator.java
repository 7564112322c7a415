package io.destine.spark.generate;

import org.apache.spark.util.AccumulatorV2;

/** Sends the teacher's metrics from tasks to the driver. */
final class TeacherScoreAccumulator extends AccumulatorV2<TeacherScores, TeacherScores> {
  private static final long serialVersionUID = 1;

  private TeacherScores sum = new TeacherScores();

  @Override
  public boolean isZero() {
    return sum.rows() == 0;
  }

  @Override
  public AccumulatorV2<TeacherScores, TeacherScores> copy() {
    TeacherScoreAccumulator copy = new TeacherScoreAccumulator();
    copy.sum.add(sum);
    return copy;
  }

  @Override
  public void reset() {
    sum = new TeacherScores();
  }

  @Override
  public void add(TeacherScores scores) {
    sum.add(scores);
  }

  @Override
  public void merge(AccumulatorV2<TeacherScores, TeacherScores> other) {
    sum.add(other.value());
  }

  @Override
  public TeacherScores value() {
    return sum;
  }
}
