package io.destine.artifact;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files as byte arrays, for tests that damage them. */
class MemoryModelDirectory implements ModelDirectory {
  final SortedMap<String, byte[]> files = new TreeMap<>();

  MemoryModelDirectory copy() {
    MemoryModelDirectory copy = new MemoryModelDirectory();
    copy.files.putAll(files);
    return copy;
  }

  @Override
  public OutputStream create(String name) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        files.put(name, toByteArray());
      }
    };
  }

  @Override
  public InputStream open(String name) {
    return new ByteArrayInputStream(files.get(name));
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public long length(String name) {
    return files.containsKey(name) ? files.get(name).length : -1;
  }

  @Override
  public String location() {
    return "memory";
  }
}
