package io.destine.feature;

import java.io.Serializable;
import java.util.Objects;

/**
 * The shape of a field for the network: how its embedding is made.
 *
 * @param name unique among the fields
 * @param kind how the embedding is made
 * @param length numbers per row: the dimension of a vector field, otherwise 1
 */
public record FieldShape(String name, Kind kind, int length) implements Serializable {

  /** How the embedding e_m, d numbers, of a field is made. */
  public enum Kind {
    /** One row of the embedding table. */
    ID,
    /**
     * The mean of rows of the embedding table, or their sum weighted by attention; zero for an
     * empty list.
     */
    MULTI,
    /** A number times the field's learnt vector. */
    LINEAR,
    /** W a + b for a given dense vector a. */
    VECTOR
  }

  public FieldShape {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    if (length < 1 || (kind != Kind.VECTOR && length != 1)) {
      throw new IllegalArgumentException(
          "field " + name + ": length must be 1, or the dimension of a vector, got " + length);
    }
  }

  /** A field with one id per row. */
  public static FieldShape id(String name) {
    return new FieldShape(name, Kind.ID, 1);
  }

  /** A field with one or more ids per row. */
  public static FieldShape multi(String name) {
    return new FieldShape(name, Kind.MULTI, 1);
  }

  /** A number that scales a learnt vector. */
  public static FieldShape linear(String name) {
    return new FieldShape(name, Kind.LINEAR, 1);
  }

  /** A dense vector of the given dimension. */
  public static FieldShape vector(String name, int length) {
    return new FieldShape(name, Kind.VECTOR, length);
  }
}
