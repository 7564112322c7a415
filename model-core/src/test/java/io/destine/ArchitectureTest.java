package io.destine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The allowed dependencies between packages. */
class ArchitectureTest {
  /** Main classes, in whatever directory a profile builds them. */
  private static final ImportOption MAIN =
      location ->
          !location.contains("/test-classes/") && !location.contains("/io/destine/testing/");

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(MAIN).importPackages("io.destine");

  @Test
  void packagesFormADag() {
    slices().matching("io.destine.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** The code map of ARCHITECTURE.md lists the packages; each imports only from those above it. */
  @Test
  void packagesKeepTheDocumentedOrder() throws IOException {
    List<String> order = documented("model-core, `io.destine`");
    assertThat(
            CLASSES.stream()
                .map(c -> c.getPackageName().replaceFirst("^io\\.destine\\.?", ""))
                .map(name -> name.replaceFirst("\\..*", ""))
                .filter(name -> !name.isEmpty()))
        .containsOnlyElementsOf(order);
    for (int i = 0; i < order.size() - 1; i++) {
      String[] below =
          order.subList(i + 1, order.size()).stream()
              .map(name -> "io.destine." + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.destine." + order.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(below)
          .check(CLASSES);
    }
  }

  /** The packages in the table of ARCHITECTURE.md with the given head, top to bottom. */
  private static List<String> documented(String head) throws IOException {
    List<String> packages = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("..", "ARCHITECTURE.md"))) {
      inTable = line.startsWith("|") && (inTable || line.startsWith("| " + head + " |"));
      if (inTable && line.startsWith("| `")) {
        packages.add(line.substring(3, line.indexOf('`', 3)));
      }
    }
    return packages;
  }

  @Test
  void nothingKnowsOfTheCluster() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(CLASSES);
  }

  @Test
  void onlyKernelsUseTensors() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.destine.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void nothingWritesToTheConsole() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }
}
