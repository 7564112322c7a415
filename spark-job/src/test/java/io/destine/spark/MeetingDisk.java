package io.destine.spark;

import java.io.IOException;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A local disk that answers only when a number of requests wait for an answer. */
public final class MeetingDisk extends LocalDisk.Raw {
  private static final long SECONDS = 20;

  private static volatile CyclicBarrier meeting;

  /** Settings under which local files are on such a disk. */
  public static Configuration settings(int requests) {
    meeting = new CyclicBarrier(requests);
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.file.impl", MeetingDisk.class, MeetingDisk.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    return hadoop;
  }

  private static void meet() throws IOException {
    try {
      meeting.await(SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | InterruptedException | TimeoutException e) {
      throw new IOException("no other request", e);
    }
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    meet();
    return super.getFileStatus(path);
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    meet();
    return super.open(path, buffer);
  }
}
