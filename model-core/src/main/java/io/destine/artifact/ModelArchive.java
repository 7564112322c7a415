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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A model in one file: a zip archive of its directory, the manifest first, without the reports and
 * the files that are needed only to continue training. Equal models give equal archives. An archive
 * that has been read is a directory in memory.
 */
public final class ModelArchive implements ModelDirectory {
  /** Upper bound of the bytes of a manifest or a digest line. */
  private static final int MOST_MANIFEST_BYTES = 100_000_000;

  /** Length of the longest array that every JVM can allocate. */
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** Extra field of the first entry, not written by other programs: an id, a length, a name. */
  private static final byte[] MARK = {'D', 'S', 7, 0, 'd', 'e', 's', 't', 'i', 'n', 'e'};

  /**
   * The earliest date that Java stores without an additional timestamp, which would depend on the
   * time zone.
   */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 2, 0, 0);

  private final String location;
  private final Map<String, byte[]> files = new TreeMap<>();

  private ModelArchive(String location) {
    this.location = location;
  }

  /**
   * Writes a model and checks its files in the same pass. Does not close the stream.
   *
   * @throws ModelFormatException when a file is missing or damaged, naming it
   * @throws IOException when the stream fails
   */
  public static void write(OutputStream out, ModelReader model) throws IOException {
    List<String> names = files(model);
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.NO_COMPRESSION);
    for (String name : names) {
      ZipEntry entry = new ZipEntry(name);
      entry.setTimeLocal(NO_TIME);
      if (name.equals(Manifest.FILE)) {
        entry.setExtra(MARK);
      }
      zip.putNextEntry(entry);
      model.copy(name, zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The names of the files of a model that an archive holds. */
  public static List<String> files(ModelReader model) {
    List<String> names = new ArrayList<>(List.of(Manifest.FILE, Manifest.DIGEST_FILE));
    model.manifest().files().keySet().stream().filter(ModelArchive::isScoring).forEach(names::add);
    return names;
  }

  private static boolean isScoring(String name) {
    return !name.startsWith("optimizer.")
        && !name.startsWith("report.")
        && !name.startsWith("vocabulary/pending-");
  }

  /**
   * Reads all files of an archive, written by any zip program. Does not close the stream. Memory
   * grows with the unpacked size: the size of the stream if the archive is not compressed, and at
   * most about a thousand times that if it is.
   *
   * @param location of the archive, for messages
   * @throws ModelFormatException when it is not a model archive, or ends within a file
   * @throws IOException when the stream fails
   */
  public static ModelArchive read(InputStream in, String location) throws IOException {
    ModelArchive archive = new ModelArchive(location);
    ZipInputStream zip = new ZipInputStream(in);
    try {
      ZipEntry first = zip.getNextEntry();
      if (first == null || !first.getName().equals(Manifest.FILE)) {
        throw new ModelFormatException(
            location + " must be a model that export --format archive wrote, got another file");
      }
      byte[] manifest = bytes(zip, location + "/" + Manifest.FILE, MOST_MANIFEST_BYTES);
      archive.files.put(Manifest.FILE, manifest);
      Map<String, FileDigest> digests = ManifestFile.parse(location, manifest).files();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
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

  private static byte[] bytes(ZipInputStream zip, String path, long most) throws IOException {
    if (most > LONGEST_ARRAY) {
      throw new ModelFormatException(
          path + " has " + most + " bytes, more than fit into memory at once: unpack the archive");
    }
    byte[] bytes = zip.readNBytes((int) Math.max(most, 0));
    if (zip.read() >= 0) {
      throw new ModelFormatException(path + ": length must be " + most + " bytes, got more");
    }
    return bytes;
  }

  /** True if the stream begins like a file that {@link #write} wrote. */
  public static boolean isOwn(InputStream in) throws IOException {
    try {
      ZipEntry first = new ZipInputStream(in).getNextEntry();
      return first != null && Arrays.equals(first.getExtra(), MARK);
    } catch (ZipException | EOFException e) {
      return false;
    }
  }

  /** Not supported: an archive is written as a whole. */
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
