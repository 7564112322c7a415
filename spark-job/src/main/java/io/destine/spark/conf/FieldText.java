package io.destine.spark.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigUtil;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes fields as the text of a configuration, which is read back as the same fields. */
public final class FieldText {
  private static final List<String> LIMITS = List.of("max-values", "max-frequency");

  private FieldText() {}

  /**
   * The settings {@code fields} and, if there are any, {@code crosses.fields}, with {@code
   * crosses.search = none}, and {@code rates}. The fields of side tables are left out: their
   * section lists them.
   *
   * @param fields fields with a column in order, then crosses and rates
   * @param job {@link JobConfig#toJson} with the vocabulary limits of single fields, or a missing
   *     node
   */
  public static String of(List<FieldSpec> fields, JsonNode job) {
    Map<String, JsonNode> configured = new HashMap<>();
    job.path("fields").forEach(field -> configured.put(field.path("name").asText(), field));
    StringBuilder text = new StringBuilder("fields = [\n");
    for (FieldSpec spec : fields) {
      if (spec.parts().isEmpty() && spec.table() == null) {
        text.append("  { ").append(entry(spec));
        for (String limit : LIMITS) {
          if (configured.containsKey(spec.name()) && configured.get(spec.name()).has(limit)) {
            String value = configured.get(spec.name()).get(limit).asText();
            text.append(", ").append(limit).append(" = ").append(value);
          }
        }
        text.append(" }\n");
      }
    }
    text.append("]\n");
    List<FieldSpec> crosses = fields.stream().filter(FieldSpec::isCross).toList();
    if (!crosses.isEmpty()) {
      text.append("crosses {\n  search = none\n  fields = [\n");
      for (FieldSpec cross : crosses) {
        text.append("    [")
            .append(
                cross.parts().stream()
                    .map(ConfigUtil::quoteString)
                    .collect(Collectors.joining(", ")))
            .append("]\n");
      }
      text.append("  ]\n}\n");
    }
    Rates rates = rates(fields);
    if (rates != Rates.AUTO) {
      text.append("rates = ").append(rates.name().toLowerCase(Locale.ROOT)).append('\n');
    }
    return text.toString();
  }

  private static Rates rates(List<FieldSpec> fields) {
    List<FieldSpec> others = fields.stream().filter(spec -> !spec.isRate()).toList();
    List<FieldSpec> found = fields.stream().filter(FieldSpec::isRate).toList();
    return Arrays.stream(Rates.values())
        .filter(rates -> rates.of(others).equals(found))
        .findFirst()
        .orElseThrow();
  }

  private static String entry(FieldSpec spec) {
    StringBuilder entry = new StringBuilder("name = ").append(ConfigUtil.quoteString(spec.name()));
    if (!spec.column().equals(spec.name())) {
      entry.append(", column = ").append(ConfigUtil.quoteString(spec.column()));
    }
    if (spec.kind() != FieldKind.CATEGORICAL) {
      entry.append(", kind = ").append(spec.kind().key());
    }
    if (spec.part() != null) {
      entry.append(", part = ").append(spec.part().key());
    }
    if (spec.kind() == FieldKind.NUMERIC) {
      entry.append(", transform = ").append(spec.transform().key());
    }
    if (spec.transform() == Transform.QUANTILE) {
      entry.append(", buckets = ").append(spec.buckets());
    }
    if (!spec.separator().equals(FieldSpec.DEFAULT_SEPARATOR)) {
      entry.append(", separator = ").append(ConfigUtil.quoteString(spec.separator()));
    }
    if (spec.shares() != null) {
      entry.append(", shares = ").append(ConfigUtil.quoteString(spec.shares()));
    }
    if (spec.ngrams() > 0) {
      entry.append(", ngrams = ").append(spec.ngrams());
    }
    if (spec.length() > 1) {
      entry.append(", length = ").append(spec.length());
    }
    if (spec.hashed()) {
      entry.append(", hash-buckets = ").append(spec.hashBuckets());
    }
    return entry.toString();
  }
}
