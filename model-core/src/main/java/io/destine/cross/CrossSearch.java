package io.destine.cross;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Chooses crosses one after the other: fields and chosen crosses make an {@link AdditiveModel}, and
 * the next cross is the candidate with the largest reduction of its loss on rows outside the fit.
 * The first candidates are all pairs; each chosen cross, extended by any one other field, yields
 * further candidates. Each round drops the candidates that divide the rows as a field or a chosen
 * cross does, those beyond the {@value #JUDGED} best estimates, and those with too little gain.
 */
public final class CrossSearch {
  /** Candidates that are judged exactly. */
  private static final int JUDGED = 20;

  /** The search ends after the full model has refused this many candidates. */
  private static final int MOST_REFUSED = 5;

  /** Minimum gain of a cross, as a fraction of the loss. */
  private static final double LEAST_GAIN = 3e-4;

  /** Minimum gain in standard errors: the best of many candidates also gains by chance. */
  private static final double LEAST_ERRORS = 3;

  private final CrossSample sample;
  private final int most;
  private final int mostFields;
  private final Scoring scoring;

  /** {@link Groups#hash} of candidates. */
  private final Map<List<Integer>, Long> hashes = new HashMap<>();

  /** Computes scores of candidates, in their order, in this process or elsewhere. */
  @FunctionalInterface
  public interface Scoring {
    /**
     * Computes the scores.
     *
     * @param logits [N] of the sample's rows
     * @param score of one candidate
     */
    double[] of(double[] logits, List<List<Integer>> candidates, Score score);
  }

  /** A way to score a candidate. */
  public enum Score {
    /** To the second order. */
    ESTIMATE,
    /** By the loss itself. */
    GAIN;

    /** The score of a candidate. */
    public double of(CandidateGains gains, List<Integer> candidate) {
      return this == GAIN ? gains.gain(candidate) : gains.estimate(candidate);
    }
  }

  /**
   * A cross that was chosen.
   *
   * @param fields by index, ascending
   * @param gain the reduction of the mean loss
   * @param loss the mean loss without it
   */
  public record Chosen(List<Integer> fields, double gain, double loss) {}

  /**
   * A search.
   *
   * @param most crosses to choose
   * @param mostFields of a cross
   */
  public CrossSearch(CrossSample sample, int most, int mostFields, Scoring scoring) {
    this.sample = sample;
    this.most = most;
    this.mostFields = mostFields;
    this.scoring = scoring;
  }

  /** A search whose candidates are scored in this thread. */
  public CrossSearch(CrossSample sample, int most, int mostFields) {
    this(
        sample,
        most,
        mostFields,
        (logits, candidates, score) -> {
          CandidateGains gains = new CandidateGains(sample, logits);
          return candidates.stream().mapToDouble(c -> score.of(gains, c)).toArray();
        });
  }

  /** The crosses in the order in which they were chosen. */
  public List<Chosen> run() {
    int fields = sample.fields();
    List<Groups> divisions = new ArrayList<>();
    IntStream.range(0, fields).forEach(f -> divisions.add(sample.groups(List.of(f))));
    Set<Long> divided = divisions.stream().map(Groups::hash).collect(Collectors.toSet());
    double[] logits = AdditiveModel.logits(sample, divisions);
    double loss = AdditiveModel.loss(sample, logits);
    List<Chosen> chosen = new ArrayList<>();
    List<List<Integer>> candidates = pairs(fields);
    Set<List<Integer>> known = new HashSet<>(candidates);
    int refused = 0;
    while (chosen.size() < most && refused < MOST_REFUSED && !candidates.isEmpty()) {
      candidates = best(candidates, divided, logits, LEAST_GAIN * loss);
      if (candidates.isEmpty()) {
        break;
      }
      List<Integer> next = candidates.remove(0);
      divisions.add(sample.groups(next));
      double[] with = AdditiveModel.logits(sample, divisions);
      double lossWith = AdditiveModel.loss(sample, with);
      double gain = loss - lossWith;
      if (!enough(sample, logits, with, gain, loss)) {
        // The chosen crosses together already have this effect, or it is noise.
        divisions.remove(divisions.size() - 1);
        refused++;
        continue;
      }
      chosen.add(new Chosen(next, gain, loss));
      divided.add(hash(next));
      logits = with;
      loss = lossWith;
      for (int f = 0; f < fields && next.size() < mostFields; f++) {
        List<Integer> larger = with(next, f);
        if (larger.size() > next.size() && known.add(larger)) {
          candidates.add(larger);
        }
      }
    }
    return chosen;
  }

  /** Whether the gain of a model with the logits {@code with} is large, and not noise. */
  static boolean enough(
      CrossSample sample, double[] logits, double[] with, double gain, double loss) {
    return gain > LEAST_GAIN * loss
        && gain > LEAST_ERRORS * AdditiveModel.error(sample, logits, with, gain);
  }

  private long hash(List<Integer> candidate) {
    return hashes.computeIfAbsent(candidate, fields -> sample.groups(fields).hash());
  }

  /**
   * The best candidates, with a gain above the given one, in descending order of gain.
   *
   * @param divided hashes of the groups of candidates that add nothing, because a field follows
   *     from the others, such as the weekday from the date
   */
  private List<List<Integer>> best(
      List<List<Integer>> candidates, Set<Long> divided, double[] logits, double leastGain) {
    List<List<Integer>> ordered = candidates;
    if (candidates.size() > JUDGED) {
      ordered = sorted(candidates, scoring.of(logits, candidates, Score.ESTIMATE));
    }
    List<List<Integer>> judged =
        ordered.stream()
            .filter(candidate -> !divided.contains(hash(candidate)))
            .limit(JUDGED)
            .toList();
    double[] gains = scoring.of(logits, judged, Score.GAIN);
    long enough = Arrays.stream(gains).filter(gain -> gain > leastGain).count();
    return new ArrayList<>(sorted(judged, gains).subList(0, (int) enough));
  }

  private static List<List<Integer>> pairs(int fields) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int i = 0; i < fields; i++) {
      for (int j = i + 1; j < fields; j++) {
        pairs.add(List.of(i, j));
      }
    }
    return pairs;
  }

  private static List<Integer> with(List<Integer> cross, int field) {
    return IntStream.concat(cross.stream().mapToInt(Integer::intValue), IntStream.of(field))
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }

  /** Candidates by descending score; ties keep their order. */
  private static List<List<Integer>> sorted(List<List<Integer>> candidates, double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
        .map(candidates::get)
        .toList();
  }
}
