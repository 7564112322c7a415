package io.destine.spark.source;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * A message of Spark about a table and its meaning for the user.
 *
 * @param said pattern of the message, with the useful parts as groups
 * @param line the line for the user, from these parts and from the path or table that was read
 */
record SparkMessage(Pattern said, BiFunction<MatchResult, String, String> line) {
  private static final String SAME_COLUMNS =
      "; files of one table must have the same columns in the same order";
  private static final String ONE_TYPE = "; write all files with one type";
  private static final String FORMAT = ", or a part of it is missing; check source.format";

  /** The most specific ones first. */
  private static final List<SparkMessage> ALL =
      List.of(
          of(
              "CSV header does not conform to the schema\\.\\s+Header: (.*)\\s+Schema: (.*)\\s+"
                  + "Expected: (.*) but found: (.*)\\s+CSV file: (.*)",
              (m, where) ->
                  file(m.group(5))
                      + ": the header has column \""
                      + m.group(4)
                      + "\" where other files have \""
                      + m.group(3)
                      + "\"; columns here: "
                      + m.group(1)
                      + "; columns there: "
                      + m.group(2)
                      + SAME_COLUMNS),
          of(
              "Header length: (\\d+), schema size: (\\d+)\\s+CSV file: (.*)",
              (m, where) ->
                  file(m.group(3))
                      + ": number of columns in the header: "
                      + m.group(1)
                      + ", in other files: "
                      + m.group(2)
                      + SAME_COLUMNS),
          of(
              "column cannot be converted in file (.*?)\\. Column: \\[(.*)], Expected: (.*), Found:"
                  + " (.*)\\.",
              SparkMessage::otherType),
          of(
              "reading file (\\S.*?)\\. Data type mismatches when reading Parquet column"
                  + " \\[(.*)]\\. Expected Spark type (.*), actual Parquet type (.*?)\\.",
              SparkMessage::otherType),
          of(
              "Failed to merge incompatible data types \"?(\\S+?)\"? and \"?(\\S+?)\"?\\.(?:$|\\s)",
              (m, where) ->
                  start(where)
                      + "a column has type "
                      + m.group(1)
                      + " in some files and type "
                      + m.group(2)
                      + " in others"
                      + ONE_TYPE),
          of(
              "(\\S.*) is not a Parquet file",
              (m, where) -> file(m.group(1)) + " is not a Parquet file" + FORMAT),
          of(
              "Malformed ORC file (.*?)\\.(?:$|\\s)",
              (m, where) -> file(m.group(1)) + " is not an ORC file" + FORMAT),
          of(
              "Could not read footer for file: (.*?)\\.(?:$|\\s)",
              (m, where) -> file(m.group(1)) + " is not a Parquet or ORC file" + FORMAT),
          of(
              "reading file (\\S.*?)\\. Could not read footer",
              (m, where) -> file(m.group(1)) + " is not a Parquet or ORC file" + FORMAT),
          of(
              "`charset` in `\\w+` is invalid: expects one of the (.*), but got (.*?)\\.(?:$|\\s)",
              (m, where) ->
                  "source.options.encoding: there is no encoding \""
                      + m.group(2)
                      + "\" in this version of Spark; it has "
                      + m.group(1)),
          of(
              "Length of parsed input \\(\\d+\\) exceeds the maximum number of characters",
              (m, where) ->
                  start(where)
                      + "a value is longer than source.options.maxCharsPerColumn allows; is a"
                      + " quotation mark (source.options.quote) left open?"),
          of(
              "java.lang.ArrayIndexOutOfBoundsException - Index \\d+ out of bounds for length"
                  + " (\\d+)",
              (m, where) ->
                  start(where)
                      + "a line has more columns than source.options.maxColumns allows, "
                      + m.group(1)),
          of(
              "Illegal file pattern: (.*)",
              (m, where) ->
                  start(where)
                      + "not a pattern of file names: "
                      + m.group(1)
                      + "; in a path the characters [ ] { } * ? make a pattern; write a backslash"
                      + " before one to take it literally"),
          of(
              "The column `(.*)` already exists",
              (m, where) ->
                  start(where)
                      + "column \""
                      + m.group(1)
                      + "\" occurs twice (ignoring case); rename one of the two"),
          of(
              "Conflicting (partition column names|directory structures) detected",
              (m, where) ->
                  start(where)
                      + "its directories NAME=VALUE "
                      + (m.group(1).startsWith("p")
                          ? "have different names; "
                          : "are below different directories; put them below one directory, ")
                      + "read them one at a time, or set source.options.recursiveFileLookup = true"),
          of(
              "Unable to infer schema for (\\w+)",
              (m, where) -> start(where) + "there is no " + m.group(1) + " file with rows in it"),
          of(
              "ailed to find (?:the )?data source: ([\\w.]*\\w)",
              (m, where) ->
                  "source.format: Spark has no data source \""
                      + m.group(1)
                      + "\"; csv, tsv, json, parquet and orc are built in, --packages adds others"),
          of(
              "The table or view (.*) cannot be found",
              (m, where) ->
                  "source.table: "
                      + (where.isEmpty() ? m.group(1) : where)
                      + " not found; name it as the catalog does, with its database:"
                      + " DATABASE.TABLE"),
          of(
              "Path does not exist: (.*)\\.(?:$|\\s)",
              (m, where) -> file(m.group(1)) + ": no such file or directory"),
          of(
              "(\\S.*) \\(Permission denied\\)",
              (m, where) -> file(m.group(1)) + ": permission denied"),
          of(
              "File (\\S.*) does not exist",
              (m, where) ->
                  where.isEmpty()
                      ? null
                      : file(m.group(1)) + " was removed while it was being read"));

  private static SparkMessage of(String said, BiFunction<MatchResult, String, String> line) {
    return new SparkMessage(Pattern.compile(said), line);
  }

  /** The meaning of the messages of an exception and its causes; empty if none is known. */
  static Optional<String> explain(List<Throwable> chain, String where) {
    for (SparkMessage known : ALL) {
      for (Throwable e : chain) {
        Matcher found = known.said.matcher(e.getMessage() == null ? "" : e.getMessage());
        String line = found.find() ? known.line.apply(found.toMatchResult(), where) : null;
        if (line != null) {
          return Optional.of(line);
        }
      }
    }
    return Optional.empty();
  }

  private static String otherType(MatchResult m, String where) {
    return file(m.group(1))
        + ": column \""
        + m.group(2)
        + "\" has type "
        + m.group(4)
        + ", but in other files of the table it has type "
        + m.group(3)
        + ONE_TYPE;
  }

  private static String start(String where) {
    return where.isEmpty() ? "source: " : where + ": ";
  }

  /** Converts a path in a Spark message, which is a URL or nearly one. */
  private static String file(String path) {
    String text = path.strip();
    try {
      return SourceFiles.shown(
          text.startsWith("file:///") ? SourceFiles.decoded(text) : new Path(text));
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
