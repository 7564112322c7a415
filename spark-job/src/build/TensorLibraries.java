import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Adds ND4J and its native libraries to a jar. Run by the build as {@code java -cp CLASSPATH
 * TensorLibraries.java JAR}. Entries are copied in compressed form: the plugin that makes the jar
 * would read 13,000 classes, none of which it relocates, and inflate and deflate 400 MB.
 */
public final class TensorLibraries {
  private static final Pattern JARS = Pattern.compile(".*/org/(nd4j|bytedeco)/.*\\.jar");

  /**
   * Entries that are not copied, among them all Maven descriptors except those of JavaCPP, which
   * reads them at run time to compare versions.
   */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(.*/)?module-info\\.class|META-INF/(MANIFEST\\.MF|LICENSE.*|NOTICE.*|native-image/.*"
              + "|maven/(?!org\\.bytedeco/javacpp/).*)|org/bytedeco/openblas/[^/]*/(include|lib)/.*|.*/");

  private static final String SERVICES = "META-INF/services/";

  private final Map<String, Long> checksums = new HashMap<>();

  /** The lines of each file, from all jars. */
  private final Map<String, StringBuilder> services = new TreeMap<>();

  private final ZipArchiveOutputStream out;

  private TensorLibraries(ZipArchiveOutputStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path whole = jar.resolveSibling(jar.getFileName() + ".whole");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(whole.toFile())) {
      TensorLibraries libraries = new TensorLibraries(out);
      libraries.add(jar.toFile(), Pattern.compile(""));
      for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
        if (JARS.matcher(path).matches()) {
          libraries.add(new File(path), LEFT_OUT);
        }
      }
      libraries.addServices();
    }
    Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private void add(File from, Pattern leftOut) throws IOException {
    try (ZipFile jar = new ZipFile(from)) {
      for (ZipArchiveEntry entry : Collections.list(jar.getEntriesInPhysicalOrder())) {
        if (leftOut.matcher(entry.getName()).matches()) {
          continue;
        }
        if (entry.getName().startsWith(SERVICES) && !entry.isDirectory()) {
          services
              .computeIfAbsent(entry.getName(), name -> new StringBuilder())
              .append(new String(jar.getInputStream(entry).readAllBytes(), UTF_8))
              .append('\n');
          continue;
        }
        Long there = checksums.putIfAbsent(entry.getName(), entry.getCrc());
        if (there == null) {
          out.addRawArchiveEntry(entry, jar.getRawInputStream(entry));
        } else if (there != entry.getCrc()) {
          throw new IOException(from + ": another " + entry.getName() + " is in the jar already");
        }
      }
    }
  }

  private void addServices() throws IOException {
    for (Map.Entry<String, StringBuilder> service : services.entrySet()) {
      ZipArchiveEntry entry = new ZipArchiveEntry(service.getKey());
      entry.setTime(0);
      out.putArchiveEntry(entry);
      out.write(service.getValue().toString().getBytes(UTF_8));
      out.closeArchiveEntry();
    }
  }
}
