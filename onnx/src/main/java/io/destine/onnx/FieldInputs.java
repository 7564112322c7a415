package io.destine.onnx;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the input of each field: texts or numbers if the graph can compute the same ids as the
 * encoder, ids if it cannot or if ids are requested.
 */
final class FieldInputs {
  private static final String BATCH = "batch";

  private final FittedFields fields;
  private final Vocabulary vocabulary;
  private final InputForm form;
  private final List<Optional<StepFunction>> steps = new ArrayList<>();
  private final List<Optional<CrossIds>> crosses = new ArrayList<>();

  /** The inputs of fitted fields with the ids of a vocabulary. */
  FieldInputs(FittedFields fields, Vocabulary vocabulary, InputForm form) {
    this.fields = fields;
    this.vocabulary = vocabulary;
    this.form = form;
    for (int m = 0; m < fields.fields().size(); m++) {
      FieldSpec spec = fields.fields().get(m).spec();
      boolean ids = spec.hasIds() && form == InputForm.STRINGS;
      steps.add(
          ids && spec.kind() == FieldKind.NUMERIC
              ? StepFunction.of(fields.fields().get(m), vocabulary, m)
              : Optional.empty());
      crosses.add(
          ids && spec.isCross() && !spec.hashed() && vocabulary.oovBuckets() == 1
              ? CrossIds.of(fields, vocabulary, m)
              : Optional.empty());
    }
  }

  /**
   * The ids of a cross by the ids of its parts; empty for other fields, and for a cross that is an
   * input.
   */
  Optional<CrossIds> cross(int m) {
    return crosses.get(m);
  }

  /** The id of a number of field m, when its input is a number. */
  StepFunction steps(int m) {
    return steps.get(m).orElseThrow();
  }

  /** The input of field m under the given name. */
  GraphInput input(int m, String name) {
    FieldSpec spec = fields.fields().get(m).spec();
    List<String> one = List.of(BATCH);
    return switch (spec.shape().kind()) {
      case LINEAR -> plain(name, spec, GraphInput.Takes.NUMBER, one);
      case VECTOR ->
          plain(
              name, spec, GraphInput.Takes.VECTOR, List.of(BATCH, Integer.toString(spec.length())));
      case ID -> {
        boolean number = spec.kind() == FieldKind.NUMERIC;
        yield withIds(
            m,
            name,
            number ? GraphInput.Takes.NUMBER : GraphInput.Takes.TEXT,
            GraphInput.Takes.ID,
            one);
      }
      case MULTI ->
          withIds(
              m,
              name,
              GraphInput.Takes.TEXTS,
              GraphInput.Takes.IDS,
              List.of(BATCH, "values of " + name));
    };
  }

  private GraphInput withIds(
      int m, String name, GraphInput.Takes raw, GraphInput.Takes ids, List<String> shape) {
    FieldSpec spec = fields.fields().get(m).spec();
    if (form == InputForm.IDS) {
      return plain(name, spec, ids, shape);
    }
    Optional<String> reason = obstacle(m);
    return new GraphInput(name, spec.name(), reason.isPresent() ? ids : raw, shape, reason);
  }

  private static GraphInput plain(
      String name, FieldSpec spec, GraphInput.Takes takes, List<String> shape) {
    return new GraphInput(name, spec.name(), takes, shape, Optional.empty());
  }

  /** The reason why a graph cannot compute the ids of field m; empty when it can. */
  private Optional<String> obstacle(int m) {
    int hashBuckets = vocabulary.hashBuckets(m);
    if (hashBuckets > 0) {
      return Optional.of("a hash selects one of its " + hashBuckets + " buckets");
    }
    return vocabulary.oovBuckets() > 1 && steps.get(m).isEmpty()
        ? Optional.of(
            "a hash selects one of the " + vocabulary.oovBuckets() + " ids of its unknown values")
        : fields.fields().get(m).spec().isCross()
            ? Optional.of("one of its parts has values that share an id")
            : Optional.empty();
  }
}
