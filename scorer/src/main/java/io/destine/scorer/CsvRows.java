package io.destine.scorer;

import io.destine.predict.RowExplanation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** csv with a header, by RFC 4180; an empty field is a missing value. */
final class CsvRows implements RowFormat {
  private final ByteReader in;
  private final Iterator<CSVRecord> records;
  private final List<String> added;
  private final List<String> header;
  private final Set<String> read;
  private final CSVPrinter out;

  /**
   * Reads the header and writes the header of the output.
   *
   * @param probability name of the column of the probability, null if rows are not written
   * @param needed columns that must be there
   * @param optional other columns that are read
   * @throws RefusedInput when a column is missing or occurs twice, or a column of the output exists
   */
  CsvRows(ByteReader in, Writer out, String probability, Set<String> needed, Set<String> optional)
      throws IOException {
    this.in = in;
    added = probability == null ? List.of() : List.of(probability, RowFormat.reasonOf(probability));
    read = new TreeSet<>(needed);
    read.addAll(optional);
    records = CSVFormat.RFC4180.parse(in).iterator();
    CSVRecord first = record();
    List<String> names = first == null ? List.of() : first.toList();
    header = names.stream().map(ByteReader::text).toList();
    check(needed);
    this.out = CSVFormat.RFC4180.builder().setRecordSeparator('\n').build().print(out);
    List<String> written = new ArrayList<>(names);
    added.forEach(name -> written.add(ByteReader.bytes(name)));
    this.out.printRecord(written);
  }

  private void check(Set<String> needed) {
    Set<String> missing = new TreeSet<>(needed);
    header.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw new RefusedInput(
          "columns of the model not found in the csv: "
              + String.join(", ", missing)
              + "; columns: "
              + String.join(", ", header));
    }
    String twice =
        read.stream()
            .filter(column -> header.stream().filter(column::equalsIgnoreCase).count() > 1)
            .collect(Collectors.joining(", "));
    if (!twice.isEmpty()) {
      throw new RefusedInput(
          "columns of the model not unique in the csv (ignoring case): "
              + twice
              + "; rename all but one of each");
    }
    for (String name : added) {
      if (header.contains(name)) {
        throw new RefusedInput(
            "the csv has a column \""
                + name
                + "\", which is the name of a column of the output;"
                + " rename it or choose another --probability-column");
      }
    }
  }

  /** The next record, null at the end. */
  private CSVRecord record() throws IOException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      in.requireRead();
      throw new RefusedInput("the csv cannot be read: " + e.getCause().getMessage());
    }
  }

  @Override
  public ScoredRow next() throws IOException {
    CSVRecord record = record();
    if (record == null) {
      return null;
    }
    int columns = header.size();
    if (record.size() != columns) {
      String reason =
          String.format(
              "line %d must have %d values, got %d",
              record.getParser().getCurrentLineNumber(), columns, record.size());
      if (record.size() > columns) {
        // These have no column in the output.
        List<String> surplus = record.toList().subList(columns, record.size());
        reason += "; surplus: " + ByteReader.text(String.join(",", surplus));
      }
      return new ScoredRow(record.toList(), null, reason);
    }
    Map<String, Object> values = new HashMap<>();
    for (int c = 0; c < columns; c++) {
      if (read.contains(header.get(c))) {
        values.put(header.get(c), ByteReader.text(record.get(c)));
      }
    }
    return new ScoredRow(record.toList(), values, null);
  }

  @Override
  public void write(
      ScoredRow row, Double probability, String reason, List<RowExplanation.Head> attention)
      throws IOException {
    for (int c = 0; c < header.size(); c++) {
      out.print(c < row.source().size() ? row.source().get(c) : null);
    }
    out.print(probability);
    out.print(reason == null ? null : ByteReader.bytes(reason));
    out.println();
  }
}
