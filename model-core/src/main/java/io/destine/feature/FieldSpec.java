package io.destine.feature;

import io.destine.config.Components;
import io.destine.config.SettingProblem;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A field as described in the configuration.
 *
 * @param name unique among the fields
 * @param column of the source table; null means the name
 * @param kind kind of the values in the column
 * @param transform of a numeric field, log-squared when null; none for all other kinds
 * @param buckets of the quantile transform
 * @param separator between the values of a multi field, or the numbers of a vector, given as text
 * @param ngrams length of the character n-grams of a text's words; 0 for whole words
 * @param length numbers of a vector; 1 for every other kind
 * @param hashBuckets number of buckets, of hashes or of a label rate, used instead of a vocabulary;
 *     0 for a field without buckets
 * @param parts names of the fields whose values a cross combines, or the one field or cross whose
 *     label rate this is; empty for a field with a column
 * @param part of the date or time in the column, used as the value; null means the unchanged value
 * @param table name of the side table that has the column; null for the table of the rows
 * @param shares name of another field whose ids this field uses, too; null for separate ids
 */
public record FieldSpec(
    String name,
    String column,
    FieldKind kind,
    Transform transform,
    int buckets,
    String separator,
    int ngrams,
    int length,
    int hashBuckets,
    List<String> parts,
    DatePart part,
    String table,
    String shares)
    implements Serializable {

  /** Maximum parts of a cross. */
  public static final int MOST_PARTS = 4;

  /** Between the parts in the name of a cross. */
  private static final String TIMES = " x ";

  /** Before the field in the name of its rate. */
  private static final String RATE_OF = "rate of ";

  /** Buckets of a quantile field that does not set them. */
  public static final int DEFAULT_BUCKETS = 20;

  /** Maximum hash buckets of a field. */
  public static final int MOST_HASH_BUCKETS = 1 << 30;

  /** Maximum length of character n-grams. */
  public static final int MOST_NGRAMS = 10;

  /** Separator of a field that does not set one. */
  public static final String DEFAULT_SEPARATOR = "|";

  public FieldSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    if (name.isEmpty()) {
      throw SettingProblem.must("name", "a string of at least one character", "none");
    }
    column = column == null ? name : column;
    if (transform == null) {
      transform = kind == FieldKind.NUMERIC ? Transform.LOG_SQUARED : Transform.NONE;
    }
    separator = separator == null ? DEFAULT_SEPARATOR : separator;
    parts = List.copyOf(parts);
    if (kind != FieldKind.NUMERIC && transform != Transform.NONE) {
      throw problem(name, "transform", "left out of a " + kind.key() + " field", transform);
    }
    if (transform == Transform.QUANTILE && buckets < 2) {
      throw problem(name, "buckets", "at least 2", buckets);
    }
    if (separator.isEmpty()) {
      throw problem(name, "separator", "at least one character", "none");
    }
    if (ngrams < 0 || ngrams > MOST_NGRAMS) {
      throw problem(name, "ngrams", "from 0 to " + MOST_NGRAMS, ngrams);
    }
    if (ngrams > 0 && kind != FieldKind.TEXT) {
      throw problem(name, "ngrams", "left out of a " + kind.key() + " field", ngrams);
    }
    if (length < 1) {
      throw problem(name, "length", "at least 1", length);
    }
    if (length > 1 && kind != FieldKind.VECTOR) {
      throw problem(name, "length", "left out of a " + kind.key() + " field", length);
    }
    if (hashBuckets < 0 || hashBuckets > MOST_HASH_BUCKETS) {
      throw problem(name, "hash-buckets", "from 1 to " + MOST_HASH_BUCKETS, hashBuckets);
    }
    if (hashBuckets > 0 && (kind == FieldKind.VECTOR || transform != Transform.NONE)) {
      String field = kind == FieldKind.VECTOR ? "vector" : transform.key();
      throw problem(name, "hash-buckets", "left out of a " + field + " field", hashBuckets);
    }
    if (parts.size() == 1) {
      requireRate(name, kind, hashBuckets);
    } else if (!parts.isEmpty()) {
      requireCross(kind, parts);
    }
    if (part != null && kind != FieldKind.CATEGORICAL) {
      throw problem(name, "part", "left out of a " + kind.key() + " field", part.key());
    }
    if (shares != null && (kind != FieldKind.CATEGORICAL && kind != FieldKind.MULTI)) {
      throw problem(name, "shares", "left out of a " + kind.key() + " field", shares);
    }
    if (shares != null && (hashBuckets > 0 || !parts.isEmpty())) {
      throw problem(name, "shares", "left out of a field with hash-buckets", shares);
    }
    if (table != null && !parts.isEmpty()) {
      throw new IllegalArgumentException(
          String.format("field %s: a cross or rate cannot be a field of a side table", name));
    }
  }

  private static void requireRate(String name, FieldKind kind, int hashBuckets) {
    if (kind != FieldKind.CATEGORICAL || hashBuckets != LabelRate.BUCKETS) {
      throw new IllegalArgumentException(
          String.format(
              "rate %s: must be categorical with %d buckets, got %s with %d",
              name, LabelRate.BUCKETS, kind.key(), hashBuckets));
    }
  }

  private static void requireCross(FieldKind kind, List<String> parts) {
    if (kind != FieldKind.CATEGORICAL) {
      throw new IllegalArgumentException("a cross must be categorical, got " + kind.key());
    }
    if (parts.size() < 2 || parts.size() > MOST_PARTS) {
      throw SettingProblem.must("crosses", "of 2 to " + MOST_PARTS + " fields", parts);
    }
    if (Set.copyOf(parts).size() < parts.size()) {
      throw SettingProblem.must("crosses", "of different fields", parts);
    }
  }

  /** A field with a vocabulary. */
  public FieldSpec(
      String name,
      String column,
      FieldKind kind,
      Transform transform,
      int buckets,
      String separator,
      int length) {
    this(
        name, column, kind, transform, buckets, separator, 0, length, 0, List.of(), null, null,
        null);
  }

  private static SettingProblem problem(String name, String key, String requirement, Object found) {
    Object text = found instanceof Transform transform ? transform.key() : found;
    return SettingProblem.ofField(name, key, requirement, text);
  }

  /** A field of one value per row, in a column with the field's name. */
  public static FieldSpec categorical(String name) {
    return of(name, FieldKind.CATEGORICAL, null, DEFAULT_BUCKETS, 1);
  }

  /** A field of one number per row; quantiles with {@link #DEFAULT_BUCKETS} buckets. */
  public static FieldSpec numeric(String name, Transform transform) {
    return of(name, FieldKind.NUMERIC, transform, DEFAULT_BUCKETS, 1);
  }

  /** A numeric field cut at quantiles into the given number of buckets. */
  public static FieldSpec quantile(String name, int buckets) {
    return of(name, FieldKind.NUMERIC, Transform.QUANTILE, buckets, 1);
  }

  /** A field of any number of values per row, separated by "|" when given as text. */
  public static FieldSpec multi(String name) {
    return of(name, FieldKind.MULTI, null, DEFAULT_BUCKETS, 1);
  }

  /** A field of the words of a text. */
  public static FieldSpec text(String name) {
    return of(name, FieldKind.TEXT, null, DEFAULT_BUCKETS, 1);
  }

  /** A field of {@code length} floats per row. */
  public static FieldSpec vector(String name, int length) {
    return of(name, FieldKind.VECTOR, null, DEFAULT_BUCKETS, length);
  }

  /** A field that combines the values of other fields, named after them: "month x day". */
  public static FieldSpec cross(List<String> parts) {
    requireCross(FieldKind.CATEGORICAL, parts);
    String name = String.join(TIMES, parts);
    return new FieldSpec(
        name,
        name,
        FieldKind.CATEGORICAL,
        null,
        DEFAULT_BUCKETS,
        null,
        0,
        1,
        0,
        parts,
        null,
        null,
        null);
  }

  /** A field of a part of the date or time in a column. */
  public static FieldSpec part(String name, String column, DatePart part) {
    return categorical(name).from(column).withPart(part);
  }

  /** The same field for a part of its column's dates or times; null means the unchanged values. */
  public FieldSpec withPart(DatePart taken) {
    return Components.with(this, "part", taken);
  }

  /** A field whose value is the {@link LabelRate} of the values of another field or cross. */
  public static FieldSpec rate(String of) {
    String name = RATE_OF + of;
    return new FieldSpec(
        name,
        name,
        FieldKind.CATEGORICAL,
        null,
        DEFAULT_BUCKETS,
        null,
        0,
        1,
        LabelRate.BUCKETS,
        List.of(of),
        null,
        null,
        null);
  }

  private static FieldSpec of(
      String name, FieldKind kind, Transform transform, int buckets, int length) {
    return new FieldSpec(name, name, kind, transform, buckets, DEFAULT_SEPARATOR, length);
  }

  /** The shape of the field for the network. */
  public FieldShape shape() {
    return switch (kind) {
      case CATEGORICAL -> FieldShape.id(name);
      case NUMERIC -> transform == Transform.LINEAR ? FieldShape.linear(name) : FieldShape.id(name);
      case MULTI, TEXT -> FieldShape.multi(name);
      case VECTOR -> FieldShape.vector(name, length);
    };
  }

  /** The same field with the given number of hash buckets. */
  public FieldSpec withHashBuckets(int count) {
    return Components.with(this, "hashBuckets", count);
  }

  /** The same field, sharing the ids of another one. */
  public FieldSpec sharing(String other) {
    return Components.with(this, "shares", other);
  }

  /** The same field of another column. */
  public FieldSpec from(String other) {
    return Components.with(this, "column", other);
  }

  /** The same field of a side table; null for the table of the rows. */
  public FieldSpec in(String sideTable) {
    return Components.with(this, "table", sideTable);
  }

  /** The same field with character n-grams of this length; 0 for whole words. */
  public FieldSpec withNgrams(int characters) {
    return Components.with(this, "ngrams", characters);
  }

  /** True when the field has buckets, of hashes or of a label rate, instead of a vocabulary. */
  public boolean hashed() {
    return hashBuckets > 0;
  }

  /** True when the value combines those of other fields and is not in a column of the table. */
  public boolean isCross() {
    return parts.size() > 1;
  }

  /** True when both are crosses and this one has all parts of the other one, and more. */
  public boolean contains(FieldSpec other) {
    return other.isCross()
        && other.parts().size() < parts.size()
        && parts.containsAll(other.parts());
  }

  /** True when the value is the label rate of another field's value. */
  public boolean isRate() {
    return parts.size() == 1;
  }

  /** True when values of the field have ids: rows of the embedding table. */
  public boolean hasIds() {
    FieldShape.Kind shape = shape().kind();
    return shape == FieldShape.Kind.ID || shape == FieldShape.Kind.MULTI;
  }
}
