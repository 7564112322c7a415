package io.destine.benchmark;

import io.destine.predict.Scorer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The scorer of this project. */
final class ScorerEngine implements ScoringEngine {
  private final Scorer scorer;

  ScorerEngine(Path model, boolean vectors) {
    scorer = Scorer.load(model, vectors);
  }

  @Override
  public double one(Map<String, String> row) {
    return scorer.score(row);
  }

  @Override
  public double[] many(List<Map<String, String>> rows) {
    double[] probabilities = new double[rows.size()];
    scorer.score(rows, probabilities);
    return probabilities;
  }

  @Override
  public void close() {
    scorer.close();
  }
}
