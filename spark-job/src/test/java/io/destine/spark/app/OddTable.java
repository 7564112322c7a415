package io.destine.spark.app;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.struct;

import io.destine.spark.SharedSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A table with odd names and values, drawn from a seed, as csv, JSON, Parquet or ORC files, and the
 * expected content of its encoded data set. One in three is damaged after it was written.
 */
final class OddTable {
  /** How the files were damaged. */
  enum Damage {
    NONE,
    TRUNCATED,
    OTHER_FORMAT,
    EMPTY_FILE,
    SECOND_HEADER,
    BYTE_ORDER_MARK
  }

  /** A column of lists, maps or records, which cannot be used as a field. */
  enum Nested {
    NONE,
    STRUCT,
    MAP,
    LISTS;

    static final String COLUMN = "nested";

    /** A column of nested values, built from the label. */
    private Column column() {
      Column label = col("label");
      return switch (this) {
        case NONE -> throw new IllegalStateException("there is no nested column");
        case STRUCT -> struct(label.as("a"), struct(label.as("c")).as("b"));
        case MAP -> map(lit("key"), label);
        case LISTS -> array(array(label, lit("x")), array(label));
      };
    }
  }

  private static final String[] NAMES = {
    "a",
    "a.b",
    "a b",
    "a`b",
    "\u00e4\u00df",
    "b",
    "c%20d",
    "c#",
    "e'f",
    "x,y",
    "q\"r",
    "A",
    "1",
    "`",
    "null",
    "\ud83d\ude00"
  };
  private static final String[] VALUES = {
    "",
    " ",
    "plain",
    " a ",
    "a,b",
    "a;b",
    "q\"q",
    "\"",
    "\"\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "a\\",
    "null",
    "NULL",
    "NaN",
    "true",
    "0",
    "-0",
    "1.0",
    "1e999",
    "\u00e9",
    "e\u0301",
    "\ud83d\ude00",
    "\u0000",
    "a\u0000b",
    "\u0000x",
    "%20",
    "#",
    "# x",
    "//",
    "${x}",
    "[B@1f2e3d",
    "\u200b",
    "\ufeff",
    "\t",
    "a\tb",
    "=1+1",
    "<b>",
    "--",
    "_corrupt_record"
  };

  final Path path;
  final String format;
  final List<String> columns;
  final Damage damage;

  /** What the column {@value Nested#COLUMN} holds, which is none of {@link #columns}. */
  final Nested nested;

  /** The texts of each row, null when missing; the label is in column 0. */
  final List<String[]> rows;

  /** True when values were written whose bytes are no UTF-8. */
  final boolean broken;

  private OddTable(
      Path path,
      String format,
      List<String> columns,
      List<String[]> rows,
      Damage damage,
      Nested nested,
      boolean broken) {
    this.path = path;
    this.format = format;
    this.columns = columns;
    this.rows = rows;
    this.damage = damage;
    this.nested = nested;
    this.broken = broken;
  }

  /** Draws a table and writes it below the directory. */
  static OddTable write(long seed, Path directory) throws IOException {
    Random random = new Random(seed);
    String format = new String[] {"csv", "csv", "parquet", "orc", "json"}[random.nextInt(5)];
    List<String> columns = columns(random, format);
    boolean huge = random.nextInt(20) == 0;
    List<String[]> rows = new ArrayList<>();
    for (int n = 1 + random.nextInt(50); n > 0; n--) {
      String[] row = new String[columns.size()];
      row[0] = random.nextInt(25) == 0 ? "maybe" : Integer.toString(random.nextInt(2));
      for (int c = 1; c < row.length; c++) {
        String value = VALUES[random.nextInt(VALUES.length)];
        row[c] =
            random.nextInt(6) == 0 ? null : huge && n == 1 && c == 1 ? "v".repeat(1 << 20) : value;
      }
      rows.add(row);
    }
    Damage damage =
        random.nextInt(3) > 0
            ? Damage.NONE
            : Damage.values()[random.nextInt(Damage.values().length)];
    Path path = directory.resolve("odd table %23 " + seed);
    Files.createDirectories(path);
    boolean broken = format.equals("csv") && random.nextInt(6) == 0;
    // Drawn apart, so that a seed's other choices do not depend on it.
    Nested[] all = Nested.values();
    Nested nested =
        format.equals("csv")
            ? Nested.NONE
            : all[new Random(seed * 0x9e3779b97f4a7c15L).nextInt(all.length)];
    if (format.equals("csv")) {
      writeCsv(random, path, columns, rows, broken);
    } else {
      writeBySpark(path, format, columns, rows, nested);
    }
    Damage done = damaged(damage, format, path);
    return new OddTable(path, format, columns, rows, done, nested, broken);
  }

  private static List<String> columns(Random random, String format) {
    List<String> columns = new ArrayList<>(List.of("label"));
    int count = random.nextInt(30) == 0 ? 60 : 1 + random.nextInt(6);
    for (int c = 0; c < count; c++) {
      String name = c < 7 ? NAMES[random.nextInt(NAMES.length)] : "column " + c;
      boolean taken = columns.stream().anyMatch(name::equalsIgnoreCase);
      // Spark writes no two columns of a name; csv has them now and then.
      if (!taken || (format.equals("csv") && random.nextInt(10) == 0)) {
        columns.add(name);
      }
    }
    return columns;
  }

  private static void writeCsv(
      Random random, Path path, List<String> columns, List<String[]> rows, boolean broken)
      throws IOException {
    int files = 1 + random.nextInt(2);
    for (int f = 0; f < files; f++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write((csv(columns.toArray(String[]::new)) + "\n").getBytes(StandardCharsets.UTF_8));
      for (int n = f * rows.size() / files; n < (f + 1) * rows.size() / files; n++) {
        bytes.write(csv(rows.get(n)).getBytes(StandardCharsets.UTF_8));
        if (broken && n == 0) {
          bytes.write(0xe9);
        }
        bytes.write('\n');
      }
      boolean zipped = random.nextInt(4) == 0;
      Path file = path.resolve("part-" + f + (zipped ? ".csv.gz" : ".csv"));
      try (OutputStream out = Files.newOutputStream(file)) {
        if (zipped) {
          try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            bytes.writeTo(zip);
          }
        } else {
          bytes.writeTo(out);
        }
      }
    }
  }

  /** A line of RFC 4180; a missing value is an empty text without quotes. */
  static String csv(String[] values) {
    return Stream.of(values)
        .map(
            v ->
                v == null
                    ? ""
                    : v.isEmpty() || v.matches("(?s).*[\",\n\r].*|\\s.*|.*\\s")
                        ? '"' + v.replace("\"", "\"\"") + '"'
                        : v)
        .collect(Collectors.joining(","));
  }

  private static void writeBySpark(
      Path path, String format, List<String> columns, List<String[]> rows, Nested nested) {
    StructType schema = new StructType();
    for (int c = 0; c < columns.size(); c++) {
      schema = schema.add("c" + c, DataTypes.StringType);
    }
    List<Row> sparkRows = rows.stream().map(row -> RowFactory.create((Object[]) row)).toList();
    Dataset<Row> table =
        SharedSpark.session()
            .createDataFrame(sparkRows, schema)
            .toDF(columns.toArray(String[]::new))
            .coalesce(1);
    if (nested != Nested.NONE) {
      table = table.withColumn(Nested.COLUMN, nested.column());
    }
    table.write().mode("overwrite").format(format).save(path.toString());
  }

  private static Damage damaged(Damage damage, String format, Path path) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(path)) {
      files = list.filter(f -> f.getFileName().toString().startsWith("part-")).sorted().toList();
    }
    if (files.isEmpty()) {
      return Damage.NONE;
    }
    Path file = files.get(files.size() - 1);
    byte[] bytes = Files.readAllBytes(file);
    boolean text = format.equals("csv") && file.toString().endsWith(".csv");
    switch (damage) {
      case TRUNCATED -> {
        if (text || format.equals("json")) {
          return Damage.NONE;
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      }
      case OTHER_FORMAT -> {
        if (format.equals("csv") || format.equals("json")) {
          return Damage.NONE;
        }
        Files.writeString(file, "label,a\n1,2\n");
      }
      case EMPTY_FILE -> Files.write(file, new byte[0]);
      case SECOND_HEADER -> {
        if (!text) {
          return Damage.NONE;
        }
        Files.writeString(path.resolve("part-9.csv"), "other,label\n1,0\n");
      }
      case BYTE_ORDER_MARK -> {
        if (!text || files.size() > 1) {
          return Damage.NONE;
        }
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.write(HexFormat.of().parseHex("efbbbf"));
        marked.write(bytes);
        Files.write(file, marked.toByteArray());
      }
      case NONE -> {}
    }
    // A checksum of Hadoop's would find the damage before the reader does.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    return damage;
  }

  /** True when a configuration that names every column by "*" must be refused. */
  boolean namesAreAmbiguous() {
    long distinct = columns.stream().map(c -> c.toLowerCase(Locale.ROOT)).distinct().count();
    return distinct < columns.size();
  }

  /** The columns of the fields in order, without the nested one. */
  List<String> fields() {
    return IntStream.of(order()).mapToObj(columns::get).toList();
  }

  /** The expected decoded content of each valid row: texts of its fields, its label, its weight. */
  List<String> expected() {
    int[] order = order();
    return rows.stream()
        .filter(row -> !row[0].equals("maybe"))
        .map(
            row ->
                IntStream.of(order)
                        .mapToObj(c -> row[c] == null || row[c].isEmpty() ? "missing" : row[c])
                        .collect(Collectors.joining(","))
                    + " -> "
                    + row[0]
                    + ".0 * 1.0")
        .toList();
  }

  /**
   * The columns of the fields in order: for JSON, Spark sorts the columns by name and finds only
   * those that have values.
   */
  private int[] order() {
    IntStream all = IntStream.range(1, columns.size());
    return format.equals("json")
        ? all.filter(c -> rows.stream().anyMatch(row -> row[c] != null))
            .boxed()
            .sorted(Comparator.comparing(columns::get))
            .mapToInt(c -> c)
            .toArray()
        : all.toArray();
  }

  /** True for a table that has no rows of one of the labels, or none that can be read. */
  boolean lacksALabel() {
    return Stream.of("0", "1").anyMatch(l -> rows.stream().noneMatch(row -> row[0].equals(l)));
  }

  /** True when the format's own reader ends a column's name at a backtick: ORC reads a`b as a. */
  boolean namesBreakTheFormat() {
    return format.equals("orc") && columns.stream().anyMatch(c -> c.contains("`"));
  }

  @Override
  public String toString() {
    return format
        + " "
        + path
        + " "
        + damage
        + " nested "
        + nested
        + " columns "
        + (columns.size() > 20 ? columns.size() : columns);
  }
}
