package io.destine.spark.source;

import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Where the rows of a task stand in the input: file, begin of the part of it that Spark reads at
 * once, and number of the row in that part. However Spark cuts a file into parts, this order is
 * that of its rows. Rows of a table that is not made of files are numbered in their partition. One
 * thread.
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

  /** Goes on to the row that the task has just taken from Spark's reader. */
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

  /** The file's path; empty when there is none. */
  public String file() {
    return file;
  }

  /** Where the part begins: a place in the file, or the number of the partition. */
  public long start() {
    return start;
  }

  /** The row's number in the part. */
  public long row() {
    return row;
  }
}
