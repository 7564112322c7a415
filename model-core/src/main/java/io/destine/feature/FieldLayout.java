package io.destine.feature;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The M fields of a data set in order, and the position of their values in an {@link EncodedBatch}:
 * the columns of fields with one id, the columns of fields with several, and the offsets of dense
 * numbers. Immutable.
 */
public final class FieldLayout implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<FieldShape> fields;
  private final int[] columns;
  private final int singles;
  private final int multis;
  private final int denseWidth;

  /**
   * The layout of the given fields.
   *
   * @throws IllegalArgumentException when there is no field, or two have the same name
   */
  public FieldLayout(List<FieldShape> fields) {
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("fields must name at least one field, got none");
    }
    this.fields = List.copyOf(fields);
    columns = new int[fields.size()];
    int single = 0;
    int multi = 0;
    long dense = 0;
    Set<String> names = new HashSet<>();
    for (int m = 0; m < columns.length; m++) {
      FieldShape field = fields.get(m);
      if (!names.add(field.name())) {
        throw new IllegalArgumentException(
            "fields must have distinct names, got " + field.name() + " twice");
      }
      switch (field.kind()) {
        case ID -> columns[m] = single++;
        case MULTI -> columns[m] = multi++;
        case LINEAR, VECTOR -> {
          columns[m] = (int) dense;
          dense += field.length();
        }
      }
      if (dense > ArrayGrowth.LONGEST) {
        throw new IllegalArgumentException(
            "fields up to "
                + field.name()
                + " have "
                + dense
                + " numbers in a row, the limit is "
                + ArrayGrowth.LONGEST);
      }
    }
    singles = single;
    multis = multi;
    denseWidth = (int) dense;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldLayout layout && fields.equals(layout.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** M fields of one id each, named f0, f1, ... */
  public static FieldLayout ofIds(int count) {
    return new FieldLayout(
        IntStream.range(0, count).mapToObj(m -> FieldShape.id("f" + m)).toList());
  }

  /** The fields in order. */
  public List<FieldShape> fields() {
    return fields;
  }

  /** M, the number of fields. */
  public int size() {
    return fields.size();
  }

  /** Field m. */
  public FieldShape field(int m) {
    return fields.get(m);
  }

  /**
   * The position of field m: among the single ids of a row, among its multi fields, or in its dense
   * numbers, depending on its kind.
   */
  public int column(int m) {
    return columns[m];
  }

  /** Fields with one id per row. */
  public int singles() {
    return singles;
  }

  /** Fields with several ids per row. */
  public int multis() {
    return multis;
  }

  /** Dense numbers per row. */
  public int denseWidth() {
    return denseWidth;
  }

  /** True when every field has exactly one id: the layout for which kernels are fastest. */
  public boolean onlyIds() {
    return singles == fields.size();
  }
}
