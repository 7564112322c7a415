package io.destine.artifact;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A model in one file: a zip archive of its directory, the manifest first, without the files that
 * only a further training reads. Equal models give equal archives. An archive that has been read is
 * a directory in memory.
 */
public final class ModelArchive implements ModelDirectory {
  /** More than any manifest or digest line has. */
  private static final int MOST_MANIFEST_BYTES = 100_000_000;

  /** The first time that a zip archive can hold. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final String location;
  private final Map<String, byte[]> files = new TreeMap<>();

  private ModelArchive(String location) {
    this.location = location;
  }

  /**
   * Writes a model, whose files are checked meanwhile. Does not close the stream.
   *
   * @throws ModelFormatException when a file is missing or damaged, naming it
   * @throws IOException when the stream fails
   */
  public static void write(OutputStream out, ModelReader model) throws IOException {
    List<String> names = new ArrayList<>(List.of(Manifest.FILE, Manifest.DIGEST_FILE));
    model.manifest().files().keySet().stream().filter(ModelArchive::isScoring).forEach(names::add);
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.NO_COMPRESSION);
    for (String name : names) {
      ZipEntry entry = new ZipEntry(name);
      entry.setTimeLocal(NO_TIME);
      zip.putNextEntry(entry);
      model.copy(name, zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  private static boolean isScoring(String name) {
    return !name.startsWith("optimizer.")
        && !name.startsWith("report.")
        && !name.startsWith("vocabulary/pending-");
  }

  /**
   * Reads an archive to its last file. Does not close the stream. No more memory is taken than the
   * stream has bytes.
   *
   * @param location of the archive, for messages
   * @throws ModelFormatException when it is something else, or is cut off
   * @throws IOException when the stream fails
   */
  public static ModelArchive read(InputStream in, String location) throws IOException {
    ModelArchive archive = new ModelArchive(location);
    ZipInputStream zip = new ZipInputStream(in);
    try {
      byte[] manifest = manifest(zip);
      if (manifest == null) {
        throw new ModelFormatException(
            location + " must be a model that export --format archive wrote, got another file");
      }
      archive.files.put(Manifest.FILE, manifest);
      Map<String, FileDigest> digests = ManifestFile.parse(location, manifest).files();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        FileDigest digest = digests.get(entry.getName());
        boolean line = entry.getName().equals(Manifest.DIGEST_FILE);
        if (digest == null && !line) {
          throw new ModelFormatException(
              location + "/" + entry.getName() + " must be listed in the manifest, got no entry");
        }
        long most = line ? MOST_MANIFEST_BYTES : digest.length();
        archive.files.put(entry.getName(), bytes(zip, location + "/" + entry.getName(), most));
      }
    } catch (ZipException | EOFException e) {
      throw new ModelFormatException(location + " is damaged or cut off: " + e.getMessage(), e);
    }
    return archive;
  }

  /** The bytes of the first entry, or null when it is no manifest. */
  private static byte[] manifest(ZipInputStream zip) throws IOException {
    ZipEntry first = zip.getNextEntry();
    return first == null || !first.getName().equals(Manifest.FILE)
        ? null
        : bytes(zip, Manifest.FILE, MOST_MANIFEST_BYTES);
  }

  /** The bytes of an entry. An array holds fewer than 2^31. */
  private static byte[] bytes(ZipInputStream zip, String path, long most) throws IOException {
    byte[] bytes = zip.readNBytes((int) Math.min(most, Integer.MAX_VALUE - 8));
    if (zip.read() >= 0) {
      throw new ModelFormatException(path + ": length must be " + most + " bytes, got more");
    }
    return bytes;
  }

  /** True when the stream begins as a file that {@link #write} wrote. */
  public static boolean isOwn(InputStream in) throws IOException {
    try {
      byte[] manifest = manifest(new ZipInputStream(in));
      if (manifest == null) {
        return false;
      }
      ManifestFile.parse("", manifest);
      return true;
    } catch (ModelFormatException | ZipException | EOFException e) {
      return false;
    }
  }

  /** Not possible: an archive is written as a whole. */
  @Override
  public OutputStream create(String name) {
    throw new UnsupportedOperationException(location + " is an archive");
  }

  @Override
  public InputStream open(String name) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new UncheckedIOException(
          "Cannot open " + location + "/" + name, new FileNotFoundException(name));
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public long length(String name) {
    byte[] bytes = files.get(name);
    return bytes == null ? -1 : bytes.length;
  }

  @Override
  public String location() {
    return location;
  }
}
