package io.destine.spark.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Data sets that a generated click log can imitate. */
public enum Shape {
  /** Display advertising: I1 .. I13 numeric, C1 .. C26 categorical. */
  CRITEO("label", 0.2562),
  /** Mobile advertising: 22 categorical fields. */
  AVAZU("click", 0.1698),
  /** Numeric fields n1, n2, ... and categorical fields c1, c2, ... of one cardinality. */
  PLAIN("label", 0.2);

  /**
   * Distinct values of C1 .. C26 in the 45,840,617 training rows of the Criteo Kaggle display
   * advertising data set, as published with the data set and in papers about it.
   */
  private static final int[] CRITEO_RAW = {
    1460, 583, 10131227, 2202608, 305, 24, 12517, 633, 3, 93145, 5683, 8351593, 3194, 27, 14992,
    5461306, 10, 5652, 2173, 4, 7046547, 18, 15, 286181, 105, 142572
  };

  /**
   * The same after all values with fewer than ten rows have been merged into one, as counted in
   * papers that train on the data set.
   */
  private static final int[] CRITEO_COUNTED = {
    1446, 554, 157339, 117822, 306, 18, 11882, 630, 5, 39530, 5131, 156656, 3176, 28, 11043, 148913,
    12, 4560, 2003, 5, 154564, 18, 17, 53031, 82, 40955
  };

  private static final String[] AVAZU_NAMES = {
    "hour",
    "C1",
    "banner_pos",
    "site_id",
    "site_domain",
    "site_category",
    "app_id",
    "app_domain",
    "app_category",
    "device_id",
    "device_ip",
    "device_model",
    "device_type",
    "device_conn_type",
    "C14",
    "C15",
    "C16",
    "C17",
    "C18",
    "C19",
    "C20",
    "C21"
  };

  /**
   * Distinct values in the 40,428,967 training rows of the Avazu Kaggle click-through data set, as
   * published in analyses of it; single fields may be off by a few values.
   */
  private static final int[] AVAZU_RAW = {
    240, 7, 7, 4737, 7745, 26, 8552, 559, 36, 2686408, 6729486, 8251, 5, 4, 2626, 8, 9, 435, 4, 68,
    172, 60
  };

  private final String label;
  private final double clickRate;

  Shape(String label, double clickRate) {
    this.label = label;
    this.clickRate = clickRate;
  }

  /** Name on the command line. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Column of the label. */
  public String label() {
    return label;
  }

  /** Share of clicks in the published data set; a default for {@link #PLAIN}, which has none. */
  public double clickRate() {
    return clickRate;
  }

  /**
   * The fields of Criteo's data set, or its first ones.
   *
   * @param numeric number of numeric fields, 0 .. 13
   * @param categorical number of categorical fields, 0 .. 26
   * @param counted whether values with fewer than ten rows count as one
   * @param scale factor of the cardinalities, which stay at least 2
   */
  public static List<GeneratedField> criteo(
      int numeric, int categorical, boolean counted, double scale) {
    List<GeneratedField> fields = new ArrayList<>();
    for (int i = 1; i <= numeric; i++) {
      fields.add(GeneratedField.numeric("I" + i));
    }
    int[] cardinalities = counted ? CRITEO_COUNTED : CRITEO_RAW;
    for (int i = 1; i <= categorical; i++) {
      fields.add(GeneratedField.categorical("C" + i, scaled(cardinalities[i - 1], scale)));
    }
    return List.copyOf(fields);
  }

  /**
   * The fields of Avazu's data set.
   *
   * @param scale factor of the cardinalities, which stay at least 2
   */
  public static List<GeneratedField> avazu(double scale) {
    List<GeneratedField> fields = new ArrayList<>();
    for (int i = 0; i < AVAZU_NAMES.length; i++) {
      fields.add(GeneratedField.categorical(AVAZU_NAMES[i], scaled(AVAZU_RAW[i], scale)));
    }
    return List.copyOf(fields);
  }

  /** Fields that imitate no data set. */
  public static List<GeneratedField> plain(
      int numeric, int categorical, int cardinality, double scale) {
    List<GeneratedField> fields = new ArrayList<>();
    for (int i = 1; i <= numeric; i++) {
      fields.add(GeneratedField.numeric("n" + i));
    }
    for (int i = 1; i <= categorical; i++) {
      fields.add(GeneratedField.categorical("c" + i, scaled(cardinality, scale)));
    }
    return List.copyOf(fields);
  }

  private static int scaled(int cardinality, double scale) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(2, Math.round(cardinality * scale)));
  }
}
