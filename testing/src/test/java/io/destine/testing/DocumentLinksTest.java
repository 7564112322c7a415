package io.destine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that every relative link of a document points to a file or a heading of the project. */
class DocumentLinksTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> NOT_SOURCES = Set.of(".git", ".m2", "target", "runs");
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern ADDRESS = Pattern.compile("[a-z]+:.*");

  @Test
  void everyRelativeLinkHasATarget() throws IOException {
    List<Path> documents = documents();
    assertThat(documents).contains(ROOT.resolve("README.md"), ROOT.resolve("docs/settings.md"));
    List<String> broken = new ArrayList<>();
    for (Path document : documents) {
      Matcher link = LINK.matcher(prose(document));
      while (link.find()) {
        if (!ADDRESS.matcher(link.group(1)).matches() && !exists(document, link.group(1))) {
          broken.add(ROOT.relativize(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_SOURCES.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              documents.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return documents;
  }

  private static boolean exists(Path document, String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? document : document.resolveSibling(path);
    return Files.exists(file) && (hash < 0 || anchors(file).contains(target.substring(hash + 1)));
  }

  /** The text without code blocks, whose brackets are not links. */
  private static String prose(Path document) throws IOException {
    return Files.readString(document)
        .replaceAll("(?ms)^```.*?^```", "")
        .replaceAll("(?m)^ {4}(?! *[-*] ).*$", "")
        .replaceAll("`[^`]*`", "");
  }

  /** The anchors that GitHub gives the headings of a document. */
  private static Set<String> anchors(Path document) throws IOException {
    Set<String> anchors = new TreeSet<>();
    Map<String, Integer> seen = new HashMap<>();
    String text = Files.readString(document).replaceAll("(?ms)^```.*?^```", "");
    for (String line : text.split("\n")) {
      if (line.matches("#+ .*")) {
        String words = line.replaceFirst("#+ ", "").strip().toLowerCase(Locale.ROOT);
        String anchor = words.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
        int before = seen.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }
}
