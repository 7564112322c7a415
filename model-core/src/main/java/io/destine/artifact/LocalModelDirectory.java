package io.destine.artifact;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A model directory on the local disk, for use without Hadoop. */
public final class LocalModelDirectory implements ModelDirectory {
  private final Path root;

  /** The directory at the given path, which need not exist yet. */
  public LocalModelDirectory(Path root) {
    this.root = root;
  }

  private Path path(String name) {
    return root.resolve(FileName.require(name));
  }

  @Override
  public OutputStream create(String name) {
    Path path = path(name);
    try {
      Files.createDirectories(path.getParent());
      return Files.newOutputStream(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create " + path + ": " + e, e);
    }
  }

  @Override
  public InputStream open(String name) {
    Path path = path(name);
    try {
      return new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open " + path + ": " + e, e);
    }
  }

  @Override
  public List<String> list() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + root + ": " + e, e);
    }
  }

  @Override
  public long length(String name) {
    Path path = path(name);
    try {
      return Files.isRegularFile(path) ? Files.size(path) : -1;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the length of " + path + ": " + e, e);
    }
  }

  @Override
  public Optional<Path> local(String name) {
    return Optional.of(path(name));
  }

  @Override
  public String location() {
    return root.toString();
  }
}
