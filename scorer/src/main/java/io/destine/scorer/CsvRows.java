package io.destine.scorer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** csv with a header, by RFC 4180; an empty field is a missing value. */
final class CsvRows implements RowFormat {
  private final BufferedReader in;
  private final Iterator<CSVRecord> records;
  private final List<String> header;
  private final CSVPrinter out;

  /**
   * Reads the header and writes that of the output.
   *
   * @param columns that the model's fields need
   * @throws RefusedInput when one is missing
   */
  CsvRows(BufferedReader in, Writer out, Set<String> columns) throws IOException {
    this.in = in;
    CSVParser parser;
    try {
      parser = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).build().parse(in);
    } catch (IllegalArgumentException e) {
      throw new RefusedInput("the first line of the csv must name the columns: " + e.getMessage());
    }
    header = parser.getHeaderNames();
    Set<String> missing = new TreeSet<>(columns);
    header.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw new RefusedInput(
          "columns of the model not found in the csv: "
              + String.join(", ", missing)
              + "; columns: "
              + String.join(", ", header));
    }
    if (header.contains(PROBABILITY) || header.contains(REASON)) {
      throw new RefusedInput(
          "the csv has a column \"probability\" or \"probability_reason\", which are names of the"
              + " output's own columns; rename it");
    }
    records = parser.iterator();
    this.out = CSVFormat.RFC4180.builder().setRecordSeparator('\n').build().print(out);
    List<String> names = new ArrayList<>(header);
    names.addAll(List.of(PROBABILITY, REASON));
    this.out.printRecord(names);
  }

  @Override
  public List<ScoredRow> read(int most) throws IOException {
    List<ScoredRow> rows = new ArrayList<>();
    try {
      while (rows.size() < most && (rows.isEmpty() || in.ready()) && records.hasNext()) {
        rows.add(row(records.next()));
      }
    } catch (UncheckedIOException e) {
      throw new RefusedInput("the csv cannot be read: " + e.getCause().getMessage());
    }
    return rows;
  }

  private ScoredRow row(CSVRecord record) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int c = 0; c < header.size(); c++) {
      values.put(header.get(c), c < record.size() ? record.get(c) : null);
    }
    String reason =
        record.size() == header.size()
            ? null
            : String.format(
                "line %d must have %d values, got %d",
                record.getParser().getCurrentLineNumber(), header.size(), record.size());
    return new ScoredRow(values, reason);
  }

  @Override
  public void write(ScoredRow row, Double probability, String reason) throws IOException {
    for (String column : header) {
      out.print(row.values().get(column));
    }
    out.print(probability);
    out.print(reason);
    out.println();
  }
}
