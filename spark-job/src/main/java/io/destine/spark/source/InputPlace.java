package io.destine.spark.source;

import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The position of a task's current row in the input: file, start of the file split, and number of
 * the row in the split. This order is the order of the rows in a file, regardless of how Spark
 * splits it. Rows of a table that does not consist of files are numbered within their partition.
 * One thread.
 */
public final class InputPlace {
  private final int partition;
  private UTF8String url;
  private String file = "";
  private long start;
  private long row;

  /** Before the first row of a partition. */
  public InputPlace(int partition) {
    this.partition = partition;
  }

  /** Advances to the row that the task has just read. */
  public void next() {
    UTF8String nextUrl = InputFileBlockHolder.getInputFilePath();
    boolean files = nextUrl.numBytes() > 0;
    long nextStart = files ? InputFileBlockHolder.getStartOffset() : partition;
    if (nextUrl.equals(url) && nextStart == start) {
      row++;
      return;
    }
    url = nextUrl;
    file = nextUrl.toString();
    start = nextStart;
    row = 0;
  }

  /** The file's URL; empty if there is none. */
  public String file() {
    return file;
  }

  /** The start of the split: an offset in the file, or the number of the partition. */
  public long start() {
    return start;
  }

  /** The row's number in the split. */
  public long row() {
    return row;
  }
}
